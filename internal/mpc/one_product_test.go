package mpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"github.com/trefoil-ml/trefoil/internal/ring"
)

// TestOneProduct compares the summands of products that are large enough with those of
// two products from the same shares: they add up to the same and are others, unless the
// factors are narrow.
func TestOneProduct(t *testing.T) {
	c := mpc.Conv{Batch: 2, Channels: 8, Height: 6, Width: 6, Kernels: 64, Groups: 2, KernelH: 3, KernelW: 3, StrideH: 1, StrideW: 1, PadH: 1, PadW: 1}
	narrow := c
	narrow.Narrow = true
	left, right := mpc.Operand{Rows: 33, Cols: 200}, mpc.Operand{Rows: 40, Cols: 200}.T()
	matrices, images := []int{33 * 200, 40 * 200, 40}, []int{2 * 8 * 36, 64 * 36, 2 * 64 * 36}
	for _, tc := range []struct {
		name    string
		lengths []int
		same    bool
		f       func(p *mpc.Party, v []mpc.Arith) mpc.Product
	}{
		{"MatMul", matrices, false, func(p *mpc.Party, v []mpc.Arith) mpc.Product { return p.MatMul(v[0], left, v[1], right) }},
		{"Affine", matrices, false, func(p *mpc.Party, v []mpc.Arith) mpc.Product { return p.Affine(v[0], left, v[1], right, v[2]) }},
		{"Conv", images, false, func(p *mpc.Party, v []mpc.Arith) mpc.Product { return p.Conv(v[0], v[1], mpc.Arith{}, c) }},
		{"ConvKernels", images, false, func(p *mpc.Party, v []mpc.Arith) mpc.Product { return p.ConvKernels(v[0], v[2], c) }},
		{"ConvImages", images, false, func(p *mpc.Party, v []mpc.Arith) mpc.Product { return p.ConvImages(v[1], v[2], c) }},
		{"narrow ConvKernels", images, true, func(p *mpc.Party, v []mpc.Arith) mpc.Product { return p.ConvKernels(v[0], v[2], narrow) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var in [][]uint64
			for _, n := range tc.lengths {
				in = append(in, randomWords(n))
			}
			shares := mpctest.Shares(t, in...)
			summands := func(one bool) (parts [3][]uint64, sum []uint64) {
				mpctest.Run3(t, mpc.Options{OneProduct: one}, func(p *mpc.Party) error {
					parts[p.Server()] = mpc.Summands(p, tc.f(p, shares.Input(p)))
					return nil
				})
				sum = make([]uint64, len(parts[0]))
				for _, part := range parts {
					ring.Add(sum, sum, part)
				}
				return parts, sum
			}
			two, want := summands(false)
			one, got := summands(true)
			require.Equal(t, want, got)
			for i := range one {
				if tc.same {
					require.Equal(t, two[i], one[i], "server %d", i)
				} else {
					require.NotEqual(t, two[i], one[i], "server %d", i)
				}
			}
		})
	}
}
