package mpc

import (
	"errors"

	"github.com/trefoil-ml/trefoil/internal/prg"
)

// Trunc is [Party.Trunc] with the same bounds on x and the same distribution:
// stochastic rounding adds a uniform number of t public bits before it cuts.
func (c *Clear) Trunc(x Arith, t uint) Arith { return c.newArith(c.trunc(c.arith(x).own, t)) }

// TruncProduct is [Party.TruncProduct].
func (c *Clear) TruncProduct(z Product, t uint) Arith {
	return c.newArith(c.trunc(c.product(z).sum, t))
}

func (c *Clear) trunc(x []uint64, t uint) []uint64 {
	c.checkShift(t)
	y := make([]uint64, len(x))
	if c.opts.Rounding == Exact {
		c.checkExact(x, t)
		roundNearest(y, x, t)
		return y
	}
	c.checkEach("truncation", headroom, x)
	c.draw(y)
	roundStochastic(y, x, t)
	return y
}

// draw fills dst from the public coin.
func (c *Clear) draw(dst []uint64) {
	c.keys.All.Fill(dst, prg.Name{Seq: c.drawn})
	if c.drawn++; c.drawn == 0 {
		c.Fail(errors.New("2^32 stochastic truncations: start a new run"))
	}
}

// checkExact checks x and x + 2^(t−1), which the exact truncation cuts.
func (c *Clear) checkExact(x []uint64, t uint) {
	half := uint64(1) << (t - 1)
	c.check("truncation", headroom, max(width(x), int(t))+1, len(x), func(i int, s *total) {
		if s.add(x[i]); !s.reaches(headroom) {
			s.add(half)
		}
	})
}

// roundNearest writes ⌊x/2^t + 1/2⌋.
func roundNearest(y, x []uint64, t uint) {
	for i, v := range x {
		y[i] = uint64(int64(v)>>t) + v>>(t-1)&1
	}
}

// roundStochastic writes ⌊(x + r)/2^t⌋ for the low t bits r of what y held.
func roundStochastic(y, x []uint64, t uint) {
	low := uint64(1)<<t - 1
	for i, v := range x {
		y[i] = uint64(int64(v)>>t) + (v&low+y[i]&low)>>t
	}
}
