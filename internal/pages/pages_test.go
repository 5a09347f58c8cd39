package pages_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/pages"
)

// TestWords writes every word, up to the end of the last page: lengths around those
// from which large pages are asked for.
func TestWords(t *testing.T) {
	const page = 2 << 20 / 8
	for _, n := range []int{0, 1, 2*page - 1, 2 * page, 2*page + 1, 5*page + 3} {
		w := pages.Words(n)
		require.Len(t, w, n)
		for i := range w {
			if w[i] != 0 {
				t.Fatalf("word %d of %d is not 0", i, n)
			}
			w[i] = ^uint64(0)
		}
	}
}
