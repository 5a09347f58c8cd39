package mem

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

func TestLinkSendsOneMessageAfterAnother(t *testing.T) {
	e := &emulator{Link: Link{Delay: time.Hour, Bandwidth: 8}, epoch: time.Now()}
	first := e.due(0, 10)
	require.GreaterOrEqual(t, first, time.Hour+10*time.Second)
	require.Equal(t, 5*time.Second, e.due(0, 5)-first, "a word a second after the one before")
	require.Less(t, e.due(1, 10)-first, 5*time.Second, "each server has its own link")
}

func TestLinkWithoutBandwidthOnlyDelays(t *testing.T) {
	e := &emulator{Link: Link{Delay: time.Hour}, epoch: time.Now()}
	require.Less(t, e.due(0, 1<<40), 2*time.Hour)
}

func TestLinkNeverEarly(t *testing.T) {
	const delay = 3 * time.Millisecond
	net := New(WithLink(Link{Delay: delay, Bandwidth: 1e6}))
	sent := time.Now()
	require.NoError(t, net[0].Send(1, transport.Tag{}, net[0].Get(125))) // 1 ms
	_, _, err := net[1].Recv(0, 0, 0)
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(sent), delay+time.Millisecond)
}

func TestCloseEndsLinkDelay(t *testing.T) {
	net := New(WithLink(Link{Delay: time.Hour}))
	require.NoError(t, net[0].Send(1, transport.Tag{}, net[0].Get(1)))
	done := make(chan error)
	go func() {
		_, _, err := net[1].Recv(0, 0, 0)
		done <- err
	}()
	net[2].Close(nil)
	require.ErrorIs(t, <-done, transport.ErrClosed)
}
