package h2

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNoAllocations sends messages there and back.
func TestNoAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for _, size := range []int{64, 64 << 10} {
		client, server := overTCP(t)
		head, body := make([]byte, 24), make([]byte, size-24)
		back := make([]byte, size)
		go func() {
			b := make([]byte, size)
			for pass(server, b) == nil && server.Send(nil, b) == nil {
			}
		}()
		require.Zero(t, testing.AllocsPerRun(100, func() {
			if client.Send(head, body) != nil || pass(client, back) != nil {
				t.Error("it ended")
			}
		}), "%d bytes", size)
	}
}

// pass reads a message into b.
func pass(c *Conn, b []byte) error {
	if _, err := c.Next(); err != nil {
		return err
	}
	_, err := io.ReadFull(c, b)
	return err
}
