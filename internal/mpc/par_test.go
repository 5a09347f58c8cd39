package mpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// TestParNested runs long and short vectors on lanes within lanes, many times
// over the same lanes.
func TestParNested(t *testing.T) {
	const long, short, times = mpc.Chunk + 65, 65, 4
	x, y := make([]uint64, long), make([]uint64, short)
	for i := range x {
		x[i] = uint64(i - long/2)
	}
	for i := range y {
		y[i] = uint64(short/2 - i)
	}
	abs := func(p *mpc.Party, v mpc.Arith) mpc.Arith { return p.Select(p.Negative(v, 32), p.Neg(v), v) }
	got := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, xs []mpc.Arith) mpc.Arith {
		var out []mpc.Arith
		for range times {
			var a, b, c mpc.Arith
			p.Par(
				func(p *mpc.Party) { a = abs(p, xs[0]) },
				func(p *mpc.Party) {
					p.Par(
						func(p *mpc.Party) { b = abs(p, xs[1]) },
						func(p *mpc.Party) { c = p.Reshare(p.Mul(xs[1], xs[1])) },
					)
				},
				func(*mpc.Party) {},
			)
			p.Par()
			out = append(out, a, b, c)
		}
		return p.Concat(out...)
	}, x, y)
	each := long + 2*short
	require.Len(t, got, times*each)
	for k, v := range got {
		switch i := k % each; {
		case i < long:
			require.EqualValues(t, max(i-long/2, long/2-i), v)
		case i < long+short:
			i -= long
			require.EqualValues(t, max(short/2-i, i-short/2), v)
		default:
			i -= long + short
			require.EqualValues(t, (short/2-i)*(short/2-i), v)
		}
	}
}

// TestParSharesRounds runs many protocols at once in the rounds of one.
func TestParSharesRounds(t *testing.T) {
	const n, lanes = 65, 10
	reports := mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
		in := randomOperands(n).take(p)
		programs := make([]func(*mpc.Party), lanes)
		for i := range programs {
			programs[i] = func(p *mpc.Party) { p.Negative(in.x, 64) }
		}
		p.Par(programs...)
		return nil
	})
	one := mpc.Costs{}.Negative(n, 64)
	mpctest.CheckCost(t, mpc.Cost{Rounds: one.Rounds, Bytes: lanes * one.Bytes}, reports)
}

// TestRolesGoRound checks that repeated protocols, and the chunks of a long
// vector, load the servers evenly.
func TestRolesGoRound(t *testing.T) {
	for name, run := range map[string]func(p *mpc.Party, in operands){
		"again and again": func(p *mpc.Party, in operands) {
			for range 6 {
				p.Trunc(p.Slice(in.x, 0, 64), 16)
			}
		},
		"in chunks": func(p *mpc.Party, in operands) { p.Negative(in.x, 32) },
	} {
		t.Run(name, func(t *testing.T) {
			in := randomOperands(6 * mpc.Chunk)
			reports := mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
				run(p, in.take(p))
				return nil
			})
			require.Equal(t, reports[0].BytesSent, reports[1].BytesSent)
			require.Equal(t, reports[0].BytesSent, reports[2].BytesSent)
		})
	}
}
