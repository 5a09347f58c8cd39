//go:build trefoildebug

package transport

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPutPoisons(t *testing.T) {
	var p Pool
	w := p.Get(20)
	clear(w)
	p.Put(w)
	for _, v := range w {
		require.EqualValues(t, uint64(Poison), v)
	}
}
