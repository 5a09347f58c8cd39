package mpc

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// allSet returns the product of the bits of v in the set s.
func allSet(v, s int) int {
	if v&s == s {
		return 1
	}
	return 0
}

// TestDigitPolynomials adds up generate and propagate of every pair of digits
// from products.
func TestDigitPolynomials(t *testing.T) {
	for _, bits := range []int{1, 2, 3, 4, 6} {
		for s := range 1 << bits {
			for r := range 1 << bits {
				g, e := 0, allSet(r, propagated(0, bits))
				for set := 1; set < 1<<bits; set++ {
					g ^= allSet(s, set) & allSet(r, generated(set, bits))
					e ^= allSet(s, set) & allSet(r, propagated(set, bits))
				}
				require.Equal(t, s+r >= 1<<bits, g == 1, "generate of %d + %d in %d bits", s, r, bits)
				require.Equal(t, s+r == 1<<bits-1, e == 1, "propagate of %d + %d in %d bits", s, r, bits)
			}
		}
	}
}

// TestTablesHaveNoGaps walks through a table.
func TestTablesHaveNoGaps(t *testing.T) {
	for _, l := range []leaves{leavesOf(leafForm{2, true}, 64, 65, 0), leavesOf(leafForm{4, false}, 32, 1, 1), leavesOf(leafForm{3, true}, 23, 65, 9), leavesOf(leafForm{8, true}, 17, 200, 64)} {
		t.Run(fmt.Sprint(l), func(t *testing.T) {
			table, at := make([]uint64, l.offered()), 0
			for s := 1; s < l.sets(); s++ {
				x, skip := l.part(table, s)
				require.Equal(t, at, l.start(s))
				require.Len(t, x, l.vector()-skip)
				at += len(x)
			}
			require.Len(t, l.signs(table), l.words)
			require.Equal(t, len(table), at+l.words)
		})
	}
}
