package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties"
)

// drawn is what is left on a terminal after the events.
func drawn(events []parties.Event) string {
	var b bytes.Buffer
	p := (&app{stderr: &b, showBar: true}).newProgress(false)
	for _, e := range events {
		p.event(e)
	}
	p.stop()
	return b.String()
}

func TestBarOfAWholeRun(t *testing.T) {
	text := drawn(sampleEvents())
	require.Contains(t, text, "100 %, 0.07 MB sent")
	require.Contains(t, text, "trainer: warning: feature sex is constant\n")
}

// A run that fails leaves the bar where it was and does not wait for its end.
func TestBarOfABrokenRun(t *testing.T) {
	text := drawn(sampleEvents()[:3])
	require.Contains(t, text, "epoch 1/2")
	require.NotContains(t, text, "100 %")
	require.NotContains(t, drawn(nil), "epoch")
}
