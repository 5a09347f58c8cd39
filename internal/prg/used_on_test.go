//go:build trefoildebug

package prg

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const debugging = true

func TestSecondDrawPanics(t *testing.T) {
	keys := threeServers(t, [32]byte{})
	draw(keys[0].Prev, Name{1, 2})
	draw(keys[0].Prev, Name{1, 3})
	draw(keys[0].Next, Name{1, 2}) // another key
	draw(keys[1].Prev, Name{1, 2}) // another server
	require.PanicsWithValue(t, "prg: second draw of lane 0x1 seq 2 from one key, want every name once",
		func() { draw(keys[0].Prev, Name{1, 2}) })
}
