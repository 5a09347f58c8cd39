package mpc_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"pgregory.net/rapid"
)

// checkWatch compares both results of NegativeWatch with cleartext, for each
// server as the pivot.
func checkWatch(t mpctest.TB, opts mpc.Options, x []uint64, width, watch int) {
	got := mpctest.Eval3(t, opts, func(p *mpc.Party, xs []mpc.Arith) mpc.Arith {
		var bits []mpc.Bits
		for range 3 {
			useAndEnd(p)
			negative, outside := p.NegativeWatch(xs[0], width, watch)
			bits = append(bits, p.KeepBits(negative), p.KeepBits(outside))
		}
		return p.ToArith(p.ConcatBits(bits...))
	}, x)
	var want []uint64
	for _, v := range x {
		want = append(want, v>>63)
	}
	for _, v := range x[:watch] {
		if limit := int64(1) << (width - 2); int64(v) < -limit || int64(v) >= limit {
			want = append(want, 1)
		} else {
			want = append(want, 0)
		}
	}
	require.True(t, slices.Equal(slices.Concat(want, want, want), got), "width %d, %d of %d watched", width, watch, len(x))
}

// TestNegativeWatch compares the sign and the range bit in every width.
func TestNegativeWatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 64).Draw(t, "width")
		n := rapid.SampledFrom([]int{1, 2, 63, 64, 65, 129, 200}).Draw(t, "n")
		watch := rapid.IntRange(0, n).Draw(t, "watch")
		opts := mpc.Options{}.WithLeaf(rapid.SampledFrom(digitForms).Draw(t, "digits"))
		checkWatch(t, opts, drawPlain(t, n, width-1).x, width, watch)
	})
}

func TestNegativeWatchInChunks(t *testing.T) {
	const n = 2*mpc.Chunk + 65
	r := rand.New(rand.NewPCG(5, 6))
	for _, watch := range []int{0, 1, mpc.Chunk - 1, mpc.Chunk, mpc.Chunk + 1, n} {
		for _, width := range []int{32, 64} {
			for _, digits := range digitForms[:3] {
				checkWatch(t, mpc.Options{}.WithLeaf(digits), someVector(r, n, width-1), width, watch)
			}
		}
	}
}
