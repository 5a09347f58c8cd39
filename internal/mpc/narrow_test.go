package mpc_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// narrowed returns x as a narrow sharing of the same numbers, for |x| < 2^30.
func narrowed(p *mpc.Party, x mpc.Arith) mpc.Arith {
	return p.Narrow(p.AsProduct(p.ShiftLeft(x, 32)), 32)
}

func narrowProtocols() []protocol {
	rows := []protocol{
		{
			name: "Narrow",
			run:  func(p *mpc.Party, in operands) { p.Narrow(p.Mul(in.x, in.y), 32) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.Narrow(n, 32) },
		}, {
			name: "BitDotNarrow/2",
			run: func(p *mpc.Party, in operands) {
				p.BitDotNarrow([]mpc.Bits{in.b, in.c}, []mpc.Arith{in.x, in.y})
			},
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.BitDotNarrow(n, 2) },
		}, {
			name: "BitDotNarrow/far away", opts: farAway,
			run:  func(p *mpc.Party, in operands) { p.BitDotNarrow([]mpc.Bits{in.b}, []mpc.Arith{in.x}) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.BitDotNarrow(n, 1) },
		}, {
			name: "ReLUNarrow/32",
			run:  func(p *mpc.Party, in operands) { p.ReLUNarrow(in.x, 32, watched(in.x.Len())) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.ReLUNarrow(n, 32, watched(n)) },
		},
	}
	for _, form := range truncForms[:2] {
		rows = append(rows, protocol{
			name: "Widen/" + form.name, opts: form.opts,
			run:  func(p *mpc.Party, in operands) { p.Widen(in.x) },
			cost: mpc.Costs.Widen,
		})
	}
	return rows
}

func narrowOracles() []oracle {
	wide := func(f func(p *mpc.Party, in operands) mpc.Arith) func(p *mpc.Party, in operands) mpc.Arith {
		return func(p *mpc.Party, in operands) mpc.Arith { return p.Widen(f(p, in)) }
	}
	relu := func(width int) func(p *mpc.Party, in operands) mpc.Arith {
		return wide(func(p *mpc.Party, in operands) mpc.Arith {
			y, _, _ := p.ReLUNarrow(p.Add(in.x, p.Scale(p.Neg(in.y), 1<<32)), width, in.x.Len())
			return y
		})
	}
	positive := is(func(x, _, _, _ uint64) uint64 { return uint64(max(int64(x), 0)) })
	rows := []oracle{
		{"narrow product", mpc.Options{}, 15, wide(func(p *mpc.Party, in operands) mpc.Arith {
			return p.Reshare(p.Mul(p.Add(in.x, p.ShiftLeft(in.y, 33)), p.Add(in.y, p.ShiftLeft(in.x, 40))))
		}), is(func(x, y, _, _ uint64) uint64 { return x * y })},
		{"ReLUNarrow/32", mpc.Options{}, 30, relu(32), positive},
		{"ReLUNarrow/31", mpc.Options{}, 30, relu(31), positive},
		{"ReLUNarrow/32, bits", mpc.Options{}, 31, func(p *mpc.Party, in operands) mpc.Arith {
			_, b, _ := p.ReLUNarrow(in.x, 32, 0)
			return p.ToArith(b)
		}, is(func(x, _, _, _ uint64) uint64 { return 1 - x>>63 })},
		{"ReLUNarrow/32, outside", mpc.Options{}, 31, func(p *mpc.Party, in operands) mpc.Arith {
			_, _, outside := p.ReLUNarrow(in.x, 32, in.x.Len())
			return p.ToArith(outside)
		}, is(func(x, _, _, _ uint64) uint64 { return (x>>31 ^ x>>30) & 1 })},
	}
	for _, form := range truncForms[:2] { // what is above 32 bits does not matter
		rows = append(rows, oracle{
			"Widen/" + form.name, form.opts, 30,
			wide(func(p *mpc.Party, in operands) mpc.Arith { return p.Add(in.x, p.ShiftLeft(in.y, 32)) }),
			is(func(x, _, _, _ uint64) uint64 { return x }),
		})
	}
	for name, opts := range map[string]mpc.Options{"": {}, ", far away": farAway} {
		rows = append(rows, oracle{"BitDotNarrow" + name, opts, 29, wide(func(p *mpc.Party, in operands) mpc.Arith {
			return p.BitDotNarrow([]mpc.Bits{in.b, in.c}, []mpc.Arith{narrowed(p, in.x), p.Add(in.y, p.ShiftLeft(in.x, 32))})
		}), func(got, x, y, b, c uint64) bool {
			off := int64(got - b*x - c*y)
			return off >= -1 && off <= 1
		}})
	}
	for _, t := range []uint{1, 7, 16, 31, 32} {
		rows = append(rows, oracle{fmt.Sprintf("Narrow/%d bits", t), mpc.Options{}, int(30 + t), wide(func(p *mpc.Party, in operands) mpc.Arith {
			return p.Narrow(p.AsProduct(in.x), t)
		}), func(got, x, _, _, _ uint64) bool {
			return math.Abs(float64(int64(got))-math.Ldexp(float64(int64(x)), -int(t))) <= 1.5
		}})
	}
	return rows
}

// A narrow truncation is unbiased: the mean over many is within five of its own
// deviations, for fractions all over the unit.
func TestNarrowIsUnbiased(t *testing.T) {
	const n, shift = 1 << 16, 32
	r := rand.New(rand.NewPCG(5, 6))
	for _, fraction := range []float64{0, .1, .25, .5, .9} {
		x := make([]uint64, n)
		for i := range x {
			x[i] = uint64(int64(r.IntN(1<<30)-1<<29)<<shift) + uint64(fraction*(1<<shift))
		}
		y := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, v []mpc.Arith) mpc.Arith {
			return p.Widen(p.Narrow(p.AsProduct(v[0]), shift))
		}, x)
		sum, squares := 0., 0.
		for i := range x {
			off := float64(int64(y[i])-int64(x[i])>>shift) - fraction
			sum, squares = sum+off, squares+off*off
		}
		require.InDelta(t, 0, sum/n, 5*math.Sqrt(squares/n/n), "fraction %g", fraction)
		require.InDelta(t, .25, squares/n, .01, "the variance is that of three uniform numbers: fraction %g", fraction)
	}
}

// The clear engine reports what could not be widened.
func TestNarrowRange(t *testing.T) {
	for x, reported := range map[uint64]bool{1<<30 - 1: false, 1 << 30: true} {
		for name, f := range map[string]func(c *mpc.Clear, x mpc.Arith){
			"widen":             func(c *mpc.Clear, x mpc.Arith) { c.Widen(x) },
			"narrow truncation": func(c *mpc.Clear, x mpc.Arith) { c.Narrow(c.AsProduct(c.ShiftLeft(x, 8)), 8) },
		} {
			report, err := mpc.RunClear(t.Context(), mpctest.Policy(), mpc.ClearOptions{}, func(c *mpc.Clear) error {
				f(c, c.Public([]uint64{x}))
				return nil
			})
			require.NoError(t, err)
			require.Equal(t, reported, len(report.Range) == 1, "%s of %d", name, x)
		}
	}
}
