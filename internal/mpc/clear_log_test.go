package mpc

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRangeReportsAreMergedByStepAndOperation(t *testing.T) {
	var seen []RangeReport
	r := runClear(t, ClearOptions{OnRange: func(r RangeReport) { seen = append(seen, r) }}, func(c *Clear) error {
		x := c.Public([]uint64{0, 1 << 59, 1 << 61})
		c.Enter("step", 7)
		c.Enter("dense", -1)
		c.Scale(x, 4) // element 2: 2^63
		c.Scale(x, 8) // elements 1 and 2: 2^62 and 2^64
		c.Scale(x, 4)
		c.Neg(c.ShiftLeft(x, 1))
		c.Leave()
		c.Scale(x, 4)
		return nil
	})
	require.Equal(t, []RangeReport{
		{Step: "step 7/dense", Op: "scale", Index: 1, Count: 4, Bits: 64, Limit: 62},
		{Step: "step 7/dense", Op: "shift left", Index: 2, Count: 1, Bits: 62, Limit: 62},
		{Step: "step 7/dense", Op: "negate", Index: 2, Count: 1, Bits: 62, Limit: 62},
		{Step: "step 7", Op: "scale", Index: 2, Count: 1, Bits: 63, Limit: 62},
	}, r.Range)
	require.Zero(t, r.RangeMore)
	require.Len(t, seen, 6, "one call for each operation")
	require.Equal(t, RangeReport{Step: "step 7/dense", Op: "scale", Index: 2, Count: 1, Bits: 63, Limit: 62}, seen[0])
}

func TestRangeReportsAreBounded(t *testing.T) {
	calls := 0
	r := runClear(t, ClearOptions{OnRange: func(RangeReport) { calls++ }}, func(c *Clear) error {
		x := c.Public([]uint64{1 << 62})
		for i := range MaxRange + 5 {
			c.Enter("step", i)
			c.Neg(x)
			c.Leave()
		}
		return nil
	})
	require.Len(t, r.Range, MaxRange)
	require.Equal(t, 5, r.RangeMore)
	require.Equal(t, MaxRange+5, calls)
}

func TestAnOutOfRangeRunGoesOnAsTheRingDoes(t *testing.T) {
	x := []uint64{1<<63 - 1, 3}
	f := func(e Engine, in []Arith) Arith { return e.Reshare(e.Mul(e.Add(in[0], in[0]), in[0])) }
	secure := eval3(t, Options{}, func(p *Party, in []Arith) Arith { return f(p, in) }, x)
	got, r := evalClear(t, ClearOptions{}, f, x)
	require.Equal(t, secure, got)
	require.Equal(t, []RangeReport{
		{Op: "add", Count: 1, Bits: 64, Limit: 62},
		{Op: "multiply", Count: 1, Bits: 64, Limit: 62},
	}, r.Range)
}

func TestWideRange(t *testing.T) {
	top := uint64(math.MaxInt64)
	_, r := evalClear(t, ClearOptions{}, func(e Engine, in []Arith) Arith { return e.AddWide(in[0], in[1]) },
		[]uint64{0, 0, top, ^uint64(0), ^uint64(0), top, 0, 0, 1 << 63, 0, 0, 1 << 63},
		[]uint64{0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, ^uint64(0)})
	require.Equal(t, []RangeReport{{Op: "add wide", Index: 1, Count: 2, Bits: wideLimit, Limit: wideLimit}}, r.Range)
}
