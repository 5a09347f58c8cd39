package mpc_test

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"pgregory.net/rapid"
)

// functionProtocols are the protocols that functions are made of.
func functionProtocols() []protocol {
	var rows []protocol
	for _, width := range []int{64, 32} {
		rows = append(rows, protocol{
			name: fmt.Sprintf("ReLU/%d", width),
			run:  func(p *mpc.Party, in operands) { p.ReLU(in.x, width, watched(in.x.Len())) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.ReLU(n, width, watched(n)) },
		})
	}
	for _, width := range []int{62, 32, 5} {
		rows = append(rows, protocol{
			name: fmt.Sprintf("TopBit/%d", width),
			run:  func(p *mpc.Party, in operands) { p.TopBit(in.x, width) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.TopBit(n, width) },
		})
	}
	sums := func(lists ...[]uint64) func(p *mpc.Party, in operands) {
		return func(p *mpc.Party, in operands) { p.BitSums([]mpc.Bits{in.b, in.c, in.b}, lists) }
	}
	return append(
		rows, protocol{
			name: "ExactReLU/32, coarse", opts: mpc.Options{CoarseSigns: 8},
			run:  func(p *mpc.Party, in operands) { p.ExactReLU(in.x, 32, watched(in.x.Len())) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.ExactReLU(n, 32, watched(n)) },
		}, protocol{
			name: "ReLU/32, coarse", opts: mpc.Options{CoarseSigns: 8},
			run:  func(p *mpc.Party, in operands) { p.ReLU(in.x, 32, watched(in.x.Len())) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.ReLU(n, 32, watched(n)) },
		}, protocol{
			name: "ReLU/32, far away", opts: farAway,
			run:  func(p *mpc.Party, in operands) { p.ReLU(in.x, 32, 0) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.ReLU(n, 32, 0) },
		}, protocol{
			name: "BitSums/two lists",
			run:  sums([]uint64{1, 5, 9}, []uint64{0, 2, 1 << 40}),
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.BitSums(n, 3, 2) },
		}, protocol{
			name: "BitSums/far away", opts: farAway,
			run:  sums([]uint64{1, 5, 9}),
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.BitSums(n, 3, 1) },
		}, protocol{
			name: "Exp",
			run:  func(p *mpc.Party, in operands) { p.Exp(in.x, 16, 0) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.Exp(n, 0) },
		}, protocol{
			name: "Exp/wide",
			run:  func(p *mpc.Party, in operands) { p.Exp(in.x, 16, 14) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.Exp(n, 14) },
		},
	)
}

func functionOracles() []oracle {
	relu := func(bits func(b, outside mpc.Bits) mpc.Bits) func(p *mpc.Party, in operands) mpc.Arith {
		return func(p *mpc.Party, in operands) mpc.Arith {
			_, b, outside := p.ReLU(in.x, 32, in.x.Len())
			return p.ToArith(bits(b, outside))
		}
	}
	sums := func(p *mpc.Party, in operands) mpc.Arith {
		return p.BitSums([]mpc.Bits{in.b, in.c}, [][]uint64{{3, 1 << 63}})[0]
	}
	rows := []oracle{
		{"ReLU/64", mpc.Options{}, 63, func(p *mpc.Party, in operands) mpc.Arith { y, _, _ := p.ReLU(in.x, 64, 0); return y }, is(func(x, _, _, _ uint64) uint64 { return uint64(max(int64(x), 0)) })},
		{"ReLU/32", mpc.Options{}, 31, func(p *mpc.Party, in operands) mpc.Arith { y, _, _ := p.ReLU(in.x, 32, in.x.Len()); return y }, is(func(x, _, _, _ uint64) uint64 { return uint64(max(int64(x), 0)) })},
		{"ExactReLU/32", mpc.Options{CoarseSigns: 20}, 31, func(p *mpc.Party, in operands) mpc.Arith { y, _ := p.ExactReLU(in.x, 32, 0); return y }, is(func(x, _, _, _ uint64) uint64 { return uint64(max(int64(x), 0)) })},
		{"ReLU/32, its bits", mpc.Options{}, 31, relu(func(b, _ mpc.Bits) mpc.Bits { return b }), is(func(x, _, _, _ uint64) uint64 { return 1 - x>>63 })},
		{"ReLU/32, outside", mpc.Options{}, 31, relu(func(_, o mpc.Bits) mpc.Bits { return o }), is(func(x, _, _, _ uint64) uint64 { return (x>>31 ^ x>>30) & 1 })},
		{"BitSums", mpc.Options{}, 64, sums, is(func(_, _, b, c uint64) uint64 { return 3*b + c<<63 })},
		{"BitSums/far away", farAway, 64, sums, is(func(_, _, b, c uint64) uint64 { return 3*b + c<<63 })},
	}
	for _, width := range []int{2, 3, 5, 17, 31, 32, 33, 62, 64} {
		rows = append(rows, oracle{fmt.Sprintf("TopBit/%d", width), mpc.Options{}, width - 1, topBit(width), is(topBitOf)})
	}
	return rows
}

// topBit returns 64·[x < 0] + 1 + the highest bit.
func topBit(width int) func(p *mpc.Party, in operands) mpc.Arith {
	return func(p *mpc.Party, in operands) mpc.Arith {
		at, negative := p.TopBit(in.x, width)
		ks := make([]uint64, width)
		for k := range at {
			ks[k] = uint64(k) + 1
		}
		ks[width-1] = 64
		return p.BitSums(append(at, negative), [][]uint64{ks})[0]
	}
}

func topBitOf(x, _, _, _ uint64) uint64 {
	if int64(x) < 0 {
		return 64 + uint64(bits.Len64(^x))
	}
	return uint64(bits.Len64(x))
}

// The powers of e are within 2^−25 over the whole range, on both engines.
func TestExp(t *testing.T) {
	for _, scale := range []int{0, 8, 16, 20, 30} {
		least := -16 << scale
		rapid.Check(t, func(t *rapid.T) {
			const n = 200
			x := make([]uint64, n)
			r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
			for i := range x {
				x[i] = uint64(int64(least) + int64(float64(-least)*r.Float64()))
			}
			x[0], x[1], x[2] = 0, uint64(int64(least)), ^uint64(0)
			out := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, xs []mpc.Arith) mpc.Arith { return p.Exp(xs[0], scale, 0) }, x)
			var inClear []uint64
			report, err := mpc.RunClear(t.Context(), mpctest.Policy(), mpc.ClearOptions{}, func(c *mpc.Clear) error {
				inClear = c.Reveal(c.Exp(c.Public(x), scale, 0), mpctest.Permit())
				return nil
			})
			require.NoError(t, err)
			require.Empty(t, report.Range)
			for i, v := range x {
				want := math.Exp(math.Ldexp(float64(int64(v)), -scale))
				require.InDelta(t, want, math.Ldexp(float64(int64(out[i])), -mpc.ExpOut), math.Ldexp(1, -25))
				require.InEpsilon(t, want, math.Ldexp(float64(int64(inClear[i])), -mpc.ExpOut), math.Ldexp(1, -36)+math.Ldexp(1, scale-56))
			}
		})
	}
}

// The clear engine says which exponents are out of range.
func TestExpReportsRange(t *testing.T) {
	for v, reported := range map[int64]bool{0: false, -16 << 16: false, 1: true, -16<<16 - 1: true, 1 << 40: true} {
		report, err := mpc.RunClear(t.Context(), mpctest.Policy(), mpc.ClearOptions{}, func(c *mpc.Clear) error {
			c.Exp(c.Public([]uint64{uint64(v)}), 16, 0)
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, reported, len(report.Range) > 0, "%d", v)
	}
}
