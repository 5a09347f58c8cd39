package mem_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

// TestNoAllocation counts a message that is sent before it is received and one
// that is awaited first.
func TestNoAllocation(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes pools forget")
	}
	net := mem.New()
	defer net[0].Close(nil)
	go echo(net[1])
	var seq uint32
	trip := func() {
		if err := net[0].Send(1, transport.Tag{Seq: seq}, net[0].Get(8)); err != nil {
			t.Error(err)
		}
		w, _, err := net[0].Recv(1, 0, seq)
		if err != nil {
			t.Error(err)
		}
		net[0].Put(w)
		seq++
	}
	require.Zero(t, testing.AllocsPerRun(1000, trip))
}

// echo sends back what it gets until the session ends.
func echo(c transport.Conn) {
	for seq := uint32(0); ; seq++ {
		w, depth, err := c.Recv(0, 0, seq)
		if err != nil {
			return
		}
		if c.Send(0, transport.Tag{Seq: seq, Depth: depth + 1}, w) != nil {
			return
		}
	}
}

// TestManyUnread makes the table of names grow and checks that none is lost.
func TestManyUnread(t *testing.T) {
	net := mem.New()
	const n = 5000
	for i := range uint32(n) {
		w := net[0].Get(1)
		w[0] = uint64(i)
		require.NoError(t, net[0].Send(1, transport.Tag{Lane: uint64(i) << 32, Seq: i % 7}, w))
	}
	for i := range uint32(n) {
		w, _, err := net[1].Recv(0, uint64(i)<<32, i%7)
		require.NoError(t, err)
		require.Equal(t, []uint64{uint64(i)}, w)
	}
}

func TestNamesAreUsedOnce(t *testing.T) {
	net := mem.New()
	tag := transport.Tag{Lane: 0xab, Seq: 3}
	require.NoError(t, net[0].Send(1, tag, nil))
	err := net[0].Send(1, tag, nil)
	require.EqualError(t, err, "second message for lane 0xab seq 3 from server 0 to server 1, want every name once")
}

func TestNamesAreAwaitedOnce(t *testing.T) {
	net := mem.New()
	errs := make(chan error)
	for range 2 {
		go func() {
			_, _, err := net[1].Recv(0, 0xab, 3)
			errs <- err
		}()
	}
	require.EqualError(t, <-errs, "second receiver for lane 0xab seq 3 from server 0 to server 1, want every name once")
	net[0].Close(nil)
	require.ErrorIs(t, <-errs, transport.ErrClosed)
}
