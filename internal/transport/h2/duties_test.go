package h2

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
)

// next reads the frame that the package sent.
func next[F http2.Frame](t *testing.T, p live) F {
	t.Helper()
	f, err := p.ReadFrame()
	require.NoError(t, err)
	require.IsType(t, *new(F), f)
	return f.(F)
}

// waiting begins a call and waits for its end, which comes from the channel.
func waiting(t *testing.T, client bool) (c *Conn, p live, ended chan error) {
	c, p = talk(t, client)
	ended = make(chan error, 1)
	go func() {
		_, err := c.Next()
		ended <- err
	}()
	return c, p, ended
}

// TestAnswers has a peer wait for as many answers as it may, and then for one too many.
// It does not read meanwhile, so that the first answer is on its way and the others wait.
func TestAnswers(t *testing.T) {
	for what, ask := range map[string]func(live, byte){
		"pings":    func(p live, i byte) { _ = p.WritePing(false, [8]byte{i}) },
		"settings": func(p live, _ byte) { _ = p.WriteSettings() },
	} {
		t.Run(what, func(t *testing.T) {
			both(t, func(t *testing.T, client bool) {
				synctest.Test(t, func(t *testing.T) { testAnswers(t, client, ask) })
			})
		})
	}
}

func testAnswers(t *testing.T, client bool, ask func(live, byte)) {
	c, p, ended := waiting(t, client)
	defer c.Close()
	defer p.Close()
	for round := range byte(3) { // each of which leaves nothing behind
		for i := range byte(1 + maxDue) {
			ask(p, 100*round+i)
			synctest.Wait()
		}
		for i := range byte(1 + maxDue) {
			f, err := p.ReadFrame()
			require.NoError(t, err)
			require.True(t, f.Header().Flags.Has(http2.FlagPingAck))
			if ping, ok := f.(*http2.PingFrame); ok {
				require.Equal(t, [8]byte{100*round + i}, ping.Data)
			}
		}
		synctest.Wait()
		require.Empty(t, ended)
	}
	for range 2 + maxDue {
		ask(p, 0)
		synctest.Wait()
	}
	require.EqualError(t, <-ended, "not gRPC: more than 16 pings or settings at once")
}

// TestPing has this end send pings: one, however many it would, until that is answered.
func TestPing(t *testing.T) {
	both(t, func(t *testing.T, client bool) {
		synctest.Test(t, func(t *testing.T) {
			c, p, ended := waiting(t, client)
			defer c.Close()
			defer p.Close()
			for range 3 {
				c.Ping()
				synctest.Wait()
				c.Ping()
				require.False(t, next[*http2.PingFrame](t, p).IsAck())
				c.Ping()
				synctest.Wait()
				require.NoError(t, p.WritePing(false, [8]byte{5}))
				require.Equal(t, [8]byte{5}, next[*http2.PingFrame](t, p).Data, "nothing before it")
				require.NoError(t, p.WritePing(true, [8]byte{}))
				synctest.Wait()
			}
			require.Empty(t, ended)
		})
	})
}

// TestGivesBack has a peer send so much data that it gets new windows, for exactly what
// it has sent, with padding.
func TestGivesBack(t *testing.T) {
	both(t, func(t *testing.T, client bool) {
		synctest.Test(t, func(t *testing.T) {
			c, p := talk(t, client)
			defer c.Close()
			defer p.Close()
			c.input.taken = giveBack - 18
			go func() { _, _ = receive(c) }()
			require.NoError(t, p.WriteDataPadded(1, false, []byte{0, 0, 0, 0, 9}, make([]byte, 3))) // 9 bytes
			require.NoError(t, p.WriteData(1, false, make([]byte, 8)))
			synctest.Wait()
			require.NoError(t, p.WritePing(false, [8]byte{}))
			require.True(t, next[*http2.PingFrame](t, p).IsAck(), "no window yet")
			require.NoError(t, p.WriteData(1, false, []byte{1}))
			for id := range uint32(2) {
				f := next[*http2.WindowUpdateFrame](t, p)
				require.Equal(t, id, f.StreamID)
				require.Equal(t, uint32(giveBack), f.Increment)
			}
			synctest.Wait()
			require.Zero(t, c.input.taken)
		})
	})
}
