package mpc

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/prg"
)

// Clear is the cleartext twin of [Party]: the same operations on one ring
// vector where three servers keep three components. It protects nothing. It is
// for comparing a secure run with, step by step, and for seeing what a secure
// run cannot see: values that leave the fixed-point range ([RangeReport]).
//
// What Party computes exactly, Clear computes to the same bits, and so it does
// a truncation with [Exact] rounding. With [Stochastic] rounding both take one
// of the two neighbours with the same probabilities, but not the same draws. The
// one other exception is [Party.Exp], whose error depends on the shares.
// Results agree only while values stay in range; past it, Clear goes on with
// the words that the ring gives.
//
// A Clear is used by one goroutine.
type Clear struct {
	*session
	ctx    context.Context
	drawn  uint32 // draws of the public coin so far
	ranges rangeLog
}

// ClearOptions are the choices of a clear run.
type ClearOptions struct {
	// Rounding is as in [Options].
	Rounding Rounding
	// CoarseSigns is as in [Options].
	CoarseSigns int
	// Seed gives the stochastic roundings. It is public: whoever knows it can
	// repeat the run, bit for bit.
	Seed uint64
	// OnRange, if set, is called for each operation that finds values out of
	// range, with what that one operation found.
	OnRange func(RangeReport)
}

var _ Engine = (*Clear)(nil)

// RunClear runs program on the clear engine and returns its error, as [Run]
// does for a server. When ctx ends, the next operation fails with its cause.
func RunClear(ctx context.Context, policy *Policy, opts ClearOptions, program func(*Clear) error) (*Report, error) {
	coin, err := publicCoin(opts.Seed)
	if err != nil {
		return nil, err
	}
	c := &Clear{
		session: &session{server: clearServer, keys: prg.Keys{All: coin}, policy: policy, opts: Options{Rounding: opts.Rounding, CoarseSigns: opts.CoarseSigns}},
		ctx:     ctx,
		ranges:  rangeLog{report: opts.OnRange},
	}
	err = guard(func() error { return program(c) }, func() {})
	r := c.report()
	r.Range, r.RangeMore = c.ranges.entries, c.ranges.more
	return r, err
}

// publicCoin returns the keystream of a public seed.
func publicCoin(seed uint64) (prg.All, error) {
	none, err := prg.PairKeyFrom(make([]byte, prg.PairKeySize))
	if err != nil {
		return prg.All{}, err
	}
	id := sha256.Sum256(binary.LittleEndian.AppendUint64([]byte("trefoil clear engine v1\x00"), seed))
	keys, err := prg.Derive(id, 0, none, none, none)
	return keys.All, err
}

// alive fails when the run's context has ended.
func (c *Clear) alive() {
	if c.ctx.Err() != nil {
		c.Fail(context.Cause(c.ctx))
	}
}

// newArith wraps a vector. It is called once for each operation.
func (c *Clear) newArith(v []uint64) Arith {
	c.alive()
	a := &arith{session: c.session, own: v}
	return Arith{box: &a}
}

func (c *Clear) newProduct(v []uint64) Product {
	c.alive()
	z := &product{session: c.session, sum: v}
	return Product{box: &z}
}

func (c *Clear) newBits(v []uint64, n int) Bits {
	c.alive()
	b := &bits{session: c.session, own: v, n: n}
	return Bits{box: &b}
}

// Input takes an owner's vector that [Plain] wrapped.
func (c *Clear) Input(t Part) Arith { return c.InputAll([]Part{t}) }

// InputAll takes several vectors that [Plain] wrapped, one after another.
func (c *Clear) InputAll(parts []Part) Arith {
	n := 0
	for _, t := range parts {
		if t.box == nil || (*t.box).server != clearServer {
			c.Fail(fmt.Errorf("input: got a share for a server, want a vector wrapped by Plain"))
		}
		n += t.Len()
	}
	all := make([]uint64, 0, n)
	for _, t := range parts {
		all = append(all, (*t.box).correction...)
	}
	return c.newArith(all)
}

// InputWide takes an owner's wide vector that [Plain] wrapped.
func (c *Clear) InputWide(t Part) Arith {
	x := c.Input(t)
	c.wholeWide("input wide", x.Len())
	return x
}

// Public returns the public vector v.
func (c *Clear) Public(v []uint64) Arith { return c.newArith(clone(v)) }

// clone copies v; unlike slices.Clone it keeps no spare capacity and no nil.
func clone(v []uint64) []uint64 {
	w := make([]uint64, len(v))
	copy(w, v)
	return w
}
