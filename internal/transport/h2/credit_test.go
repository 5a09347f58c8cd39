package h2

import (
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"pgregory.net/rapid"
)

// TestCredit has a peer change its windows in any ways, while as much as it takes is
// sent: exactly that.
func TestCredit(t *testing.T) {
	both(t, func(t *testing.T, client bool) {
		rapid.Check(t, func(rt *rapid.T) {
			first := rapid.Uint32Range(0, 1000).Draw(rt, "first")
			changes := rapid.SliceOfN(rapid.Custom(anyChange), 1, 12).Draw(rt, "changes")
			synctest.Test(t, func(t *testing.T) { testCredit(t, client, first, changes) })
		})
	})
}

// change is a new initial window, or an increment of a window.
type change struct {
	kind  int
	bytes uint32
}

func anyChange(t *rapid.T) change {
	return change{rapid.IntRange(0, 2).Draw(t, "kind"), rapid.Uint32Range(1, 40000).Draw(t, "bytes")}
}

func testCredit(t *testing.T, client bool, first uint32, changes []change) {
	c, p := talk(t, client, http2.Setting{ID: http2.SettingInitialWindowSize, Val: first})
	defer c.Close()
	defer p.Close()
	go func() { _, _ = c.Next() }()
	go func() { _ = c.Send([]byte("head"), make([]byte, 1<<20)) }()
	got := listen(p)
	conn, call, initial := int64(defaultWindow), int64(first), int64(first)
	var want int64
	for _, change := range append([]change{{0, first}}, changes...) {
		switch n := int64(change.bytes); change.kind {
		case 0:
			_ = p.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: change.bytes})
			call, initial = call+n-initial, n
		case 1:
			_ = p.WriteWindowUpdate(1, change.bytes)
			call += n
		case 2:
			_ = p.WriteWindowUpdate(0, change.bytes)
			conn += n
		}
		synctest.Wait()
		more := max(0, min(conn, call))
		conn, call, want = conn-more, call-more, want+more
		require.Equal(t, want, got.Load())
	}
}

// listen counts the bytes of data that p gets.
func listen(p live) *atomic.Int64 {
	var got atomic.Int64
	go func() {
		for {
			f, err := p.ReadFrame()
			if err != nil {
				return
			}
			if f.Header().Type == http2.FrameData {
				got.Add(int64(f.Header().Length))
			}
		}
	}()
	return &got
}

// TestFrameSize has a peer that takes longer frames, and then shorter ones again.
func TestFrameSize(t *testing.T) {
	both(t, func(t *testing.T, client bool) {
		synctest.Test(t, func(t *testing.T) {
			c, p := talk(t, client)
			defer c.Close()
			defer p.Close()
			go func() { _, _ = c.Next() }()
			for _, most := range []uint32{0, 20000, 1 << 14} {
				if most != 0 {
					require.NoError(t, p.WriteSettings(http2.Setting{ID: http2.SettingMaxFrameSize, Val: most}))
					next[*http2.SettingsFrame](t, p)
				}
				go func() { _ = c.Send(nil, make([]byte, 20000-messageHead)) }()
				for left := uint32(20000); left > 0; {
					n := next[*http2.DataFrame](t, p).Length
					require.Equal(t, min(left, max(most, 1<<14)), n)
					left -= n
				}
			}
		})
	})
}

// TestCreditInTurn has the peer take credit back while a Send that had it waits for its
// turn to write. The acknowledgement may be written first, so that the peer would not
// expect what the old window allowed.
func TestCreditInTurn(t *testing.T) {
	client, server := overTCP(t)
	go func() { _, _ = server.Next() }()
	require.NoError(t, client.credit.restart(20))
	client.output.mu.Lock()
	go func() { _ = client.Send(nil, make([]byte, 15)) }()
	for client.output.turn.TryLock() {
		client.output.turn.Unlock()
		runtime.Gosched()
	}
	for range 1000 { // long enough to take credit, if that came first
		runtime.Gosched()
	}
	require.NoError(t, client.credit.restart(3))
	client.output.mu.Unlock()
	for {
		client.credit.mu.Lock()
		call := client.credit.call
		client.credit.mu.Unlock()
		require.GreaterOrEqual(t, call, int64(0))
		if call == 0 {
			return
		}
		runtime.Gosched()
	}
}
