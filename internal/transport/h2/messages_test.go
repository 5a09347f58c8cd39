package h2

import (
	"bytes"
	"io"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// sizes of messages, many about the limits of frames, records and windows.
var sizes = rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(16290, 16400), rapid.IntRange(32700, 32800),
	rapid.SampledFrom([]int{65530, 65535, 65536, 1 << 17}))

// TestMessages has both ends send any messages at once, through a pipe that holds
// nothing.
func TestMessages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		client, server := pipe(t)
		defer server.Close()
		defer client.Close()
		there := rapid.SliceOfN(sizes, 0, 8).Draw(t, "there")
		back := rapid.SliceOfN(sizes, 0, 8).Draw(t, "back")
		heads := rapid.IntRange(0, maxHead).Draw(t, "head")
		var all sync.WaitGroup
		for _, way := range []struct {
			from, to *Conn
			sizes    []int
		}{{client, server, there}, {server, client, back}} {
			all.Go(func() { sendAll(t, way.from, way.sizes, heads) })
			all.Go(func() { receiveAll(t, way.to, way.sizes) })
		}
		all.Wait()
	})
}

func sendAll(t *rapid.T, c *Conn, sizes []int, head int) {
	for i, n := range sizes {
		b := pattern(n, byte(i))
		if err := c.Send(b[:min(n, head)], b[min(n, head):]); err != nil {
			t.Errorf("message %d: %v", i, err)
		}
	}
}

func receiveAll(t *rapid.T, c *Conn, sizes []int) {
	for i, n := range sizes {
		if b, err := receive(c); err != nil || !bytes.Equal(b, pattern(n, byte(i))) {
			t.Errorf("message %d of %d bytes: %d came, %v", i, n, len(b), err)
		}
	}
}

// TestSkipped has messages that are not read, or not to their ends.
func TestSkipped(t *testing.T) {
	client, server := overTCP(t)
	for i := range 4 {
		require.NoError(t, client.Send(nil, pattern(20000, byte(i))))
	}
	require.NoError(t, client.Send(nil, []byte("last")))
	for i := range 4 {
		n, err := server.Next()
		require.NoError(t, err)
		require.Equal(t, 20000, n)
		b := make([]byte, 5000*i)
		_, err = io.ReadFull(server, b)
		require.NoError(t, err)
		require.Equal(t, pattern(len(b), byte(i)), b)
	}
	b, err := receive(server)
	require.NoError(t, err)
	require.Equal(t, "last", string(b))
}

// TestSeveralSenders has several goroutines send at once, in many frames each. Every
// message arrives whole, and those of a sender in order.
func TestSeveralSenders(t *testing.T) {
	const senders, each = 8, 20
	client, server := overTCP(t)
	for s := range senders {
		go func() {
			for i := range each {
				head, body := []byte{byte(s), byte(i)}, bytes.Repeat([]byte{byte(s)}, 5000*s)
				if err := client.Send(head, body); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	var next [senders]byte
	for range senders * each {
		b, err := receive(server)
		require.NoError(t, err)
		s := b[0]
		require.Equal(t, next[s], b[1])
		next[s]++
		require.True(t, bytes.Equal(bytes.Repeat([]byte{s}, 5000*int(s)), b[2:]))
	}
}
