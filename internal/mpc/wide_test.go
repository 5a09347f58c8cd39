package mpc_test

import (
	"crypto/rand"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"pgregory.net/rapid"
)

// wideModulus is 2^192.
var wideModulus = new(big.Int).Lsh(big.NewInt(1), 64*mpc.WideWords)

// wideWords returns v mod 2^192 as words.
func wideWords(v *big.Int) []uint64 {
	m := new(big.Int).Mod(v, wideModulus)
	words := make([]uint64, mpc.WideWords)
	for i := range words {
		words[i] = new(big.Int).Rsh(m, uint(64*i)).Uint64()
	}
	return words
}

// drawWide draws an integer of up to 190 bits of either sign, often one whose
// sums carry through all words.
func drawWide(t *rapid.T, label string) *big.Int {
	v := new(big.Int).Lsh(big.NewInt(1), rapid.UintRange(0, 190).Draw(t, label+" log"))
	v.Add(v, big.NewInt(rapid.Int64().Draw(t, label+" low")))
	if rapid.Bool().Draw(t, label+" negative") {
		v.Neg(v)
	}
	return v
}

// TestWideSums adds up the wide values of several owners and delivers the sum.
func TestWideSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		owners, n := rapid.IntRange(1, 4).Draw(t, "owners"), rapid.IntRange(1, 5).Draw(t, "n")
		sums := make([]*big.Int, n)
		parts := make([][3]mpc.Part, owners)
		for o := range owners {
			var x []uint64
			for i := range n {
				v := drawWide(t, "v")
				if o == 0 {
					sums[i] = new(big.Int)
				}
				sums[i].Add(sums[i], v)
				x = append(x, wideWords(v)...)
			}
			var err error
			parts[o], err = mpc.SplitWide(x, rand.Reader)
			require.NoError(t, err)
		}
		var want []uint64
		for _, v := range sums {
			want = append(want, wideWords(v)...)
		}
		got, err := mpc.CombineWide(deliverWide(t, parts)...)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// deliverWide adds up the vectors and delivers the sum.
func deliverWide(t mpctest.TB, parts [][3]mpc.Part) []mpc.Delivery {
	out := make([]mpc.Delivery, 3)
	reports := mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
		sum := p.InputWide(parts[0][p.Server()])
		for _, part := range parts[1:] {
			sum = p.AddWide(sum, p.InputWide(part[p.Server()]))
		}
		out[p.Server()] = p.DeliverWide(sum, mpctest.OwnerPermit())
		return nil
	})
	require.Equal(t, parts[0][0].Len()/mpc.WideWords, reports[0].Openings[0].Values, "the log counts wide values, not words")
	return out
}
