package mpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// TestScopesKeepWhatIsKept trains a counter: what Assign and KeepBits keep
// outlives its scope, over many scopes in the same memory.
func TestScopesKeepWhatIsKept(t *testing.T) {
	const n, steps = 200, 5
	got := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, xs []mpc.Arith) mpc.Arith {
		weights := xs[0]
		var signs []mpc.Bits
		for range steps {
			p.Begin()
			p.Assign(weights, p.Reshare(p.Mul(weights, p.Public(constant(n, ^uint64(0))))))
			p.Begin()
			signs = append(signs, p.KeepBits(p.Negative(weights, 32)))
			p.End()
			p.End()
		}
		return p.Concat(weights, p.ToArith(p.ConcatBits(signs...)))
	}, constant(n, 3))
	for i, v := range got[n:] {
		require.EqualValues(t, (i/n+1)%2, v, "sign after step %d", i/n)
	}
	require.Equal(t, constant(n, ^uint64(2)), got[:n])
}

// TestEndedShares uses temporary shares after their scope, before and while
// their memory serves another.
func TestEndedShares(t *testing.T) {
	for name, use := range endedUses() {
		useEnded(t, name, use, false)
		useEnded(t, name, use, true)
	}
}

func useEnded(t *testing.T, name string, use func(p *mpc.Party, x mpc.Arith, z mpc.Product, b mpc.Bits), reuse bool) {
	t.Helper()
	r := mpctest.Setup{Context: inTime(t)}.Run(t, func(p *mpc.Party) error {
		v := marked(3).take(p)
		p.Begin()
		x, z, b := p.Neg(v.x), p.Mul(v.x, v.y), p.Not(v.b)
		p.End()
		if reuse {
			p.Begin()
			p.Neg(v.y)
			p.Mul(v.y, v.y)
			p.Not(v.c)
		}
		use(p, x, z, b)
		return nil
	})
	for _, err := range r.Errs {
		require.ErrorContains(t, err, "a share of a scope that has ended; keep it with Assign", name)
	}
}

// endedUses use a vector, a product or bits.
func endedUses() map[string]func(p *mpc.Party, x mpc.Arith, z mpc.Product, b mpc.Bits) {
	return map[string]func(p *mpc.Party, x mpc.Arith, z mpc.Product, b mpc.Bits){
		"vector":  func(p *mpc.Party, x mpc.Arith, _ mpc.Product, _ mpc.Bits) { p.Reveal(x, mpctest.Permit()) },
		"product": func(p *mpc.Party, _ mpc.Arith, z mpc.Product, _ mpc.Bits) { p.Reshare(z) },
		"bits":    func(p *mpc.Party, _ mpc.Arith, _ mpc.Product, b mpc.Bits) { p.ToArith(b) },
	}
}

// TestScopesUseTheirMemoryAgain makes long and short vectors in turns: what a scope takes
// is little more than they are, and the next scopes take no more.
func TestScopesUseTheirMemoryAgain(t *testing.T) {
	const long, short, turns = 1 << 19, 1000, 5
	mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, xs []mpc.Arith) mpc.Arith {
		x, y, first := p.Keep(xs[0]), p.Keep(xs[1]), p.ScopeWords()
		p.End() // that of Eval3
		var grown []int
		for range 3 {
			p.Begin()
			for i := range turns {
				p.Neg(x)
				p.Neg(y)
				p.Mul(p.Slice(x, 0, long-i), p.Slice(x, 0, long-i)) // a block less one word or more
			}
			p.End()
			grown = append(grown, p.ScopeWords()-first)
		}
		if used := turns * 3 * (long + short); grown[0] > used+used/4 || grown[2] != grown[0] {
			t.Errorf("scopes took %d words for %d", grown, used)
		}
		p.Begin()
		return p.Neg(y)
	}, constant(long, 1), constant(short, 1))
}
