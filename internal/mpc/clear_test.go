package mpc

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// runClear runs program on the clear engine, which must not fail.
func runClear(t require.TestingT, opts ClearOptions, program func(*Clear) error) *Report {
	r, err := RunClear(context.Background(), testPolicy, opts, program)
	require.NoError(t, err)
	return r
}

// evalClear is eval3 on the clear engine.
func evalClear(t require.TestingT, opts ClearOptions, f func(e Engine, xs []Arith) Arith, xs ...[]uint64) ([]uint64, *Report) {
	var out []uint64
	r := runClear(t, opts, func(c *Clear) error {
		in := make([]Arith, len(xs))
		for i := range xs {
			in[i] = c.Input(Plain(xs[i]))
		}
		permit, err := testPolicy.Permit("all")
		if err != nil {
			return err
		}
		out = c.Reveal(f(c, in), permit)
		return nil
	})
	return out, r
}

func TestClearHasNoCostAndNoServer(t *testing.T) {
	r := runClear(t, ClearOptions{}, func(c *Clear) error {
		x := c.Reshare(c.Mul(c.Public([]uint64{3}), c.Public([]uint64{5})))
		c.Negative(c.Trunc(x, 1), 64)
		rounds, bytes := c.Cost()
		require.Zero(t, rounds)
		require.Zero(t, bytes)
		require.Equal(t, clearServer, c.Server())
		return nil
	})
	require.Zero(t, r.Rounds)
	require.Zero(t, r.BytesSent)
	require.Empty(t, r.Openings)
}

func TestClearKeepsItsOwnCopies(t *testing.T) {
	x := []uint64{1, 2, 3}
	permit, err := testPolicy.Permit("all")
	require.NoError(t, err)
	runClear(t, ClearOptions{}, func(c *Clear) error {
		a, b := c.Input(Plain(x)), c.Public(x)
		x[0] = 9
		opened := c.Reveal(a, permit)
		opened[1] = 9
		require.Equal(t, []uint64{1, 2, 3}, c.Reveal(a, permit))
		require.Equal(t, []uint64{1, 2, 3}, c.Reveal(b, permit))
		return nil
	})
}

func TestClearEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("the user is gone")
	steps := 0
	_, err := RunClear(ctx, testPolicy, ClearOptions{}, func(c *Clear) error {
		c.Enter("epoch", 2)
		x := c.Public([]uint64{1})
		for ; ; steps++ {
			if steps == 10 {
				cancel(cause)
			}
			x = c.Add(x, x)
		}
	})
	require.ErrorIs(t, err, cause)
	require.EqualError(t, err, "clear engine at epoch 2: the user is gone")
	require.Equal(t, 10, steps)
}

func TestClearFailures(t *testing.T) {
	var foreign Arith
	runClear(t, ClearOptions{}, func(c *Clear) error { foreign = c.Public([]uint64{1}); return nil })
	for name, tc := range map[string]struct {
		want    string
		program func(c *Clear, x Arith)
	}{
		"other session":  {"another session", func(c *Clear, x Arith) { c.Add(x, foreign) }},
		"empty share":    {"an empty share", func(c *Clear, x Arith) { c.Add(x, Arith{}) }},
		"empty bits":     {"an empty share", func(c *Clear, _ Arith) { c.Not(Bits{}) }},
		"empty product":  {"an empty share", func(c *Clear, _ Arith) { c.Reshare(Product{}) }},
		"length":         {"add: got 1 elements, want 2", func(c *Clear, x Arith) { c.Add(x, c.Public([]uint64{1})) }},
		"slice":          {"got [1:3]", func(c *Clear, x Arith) { c.Slice(x, 1, 3) }},
		"gather":         {"want a part of [0:2]", func(c *Clear, x Arith) { c.Gather(x, 1, []int{2}) }},
		"shift":          {"a shift of 62 bits", func(c *Clear, x Arith) { c.Trunc(x, headroom) }},
		"width":          {"a width of 65 bits", func(c *Clear, x Arith) { c.Negative(x, 65) }},
		"any of none":    {"any: got no elements", func(c *Clear, _ Arith) { c.Any(c.SliceBits(c.Negative(c.Public([]uint64{1}), 64), 0, 0)) }},
		"part of a wide": {"want a multiple of 3", func(c *Clear, x Arith) { c.AddWide(x, x) }},
		"no terms":       {"at least one", func(c *Clear, _ Arith) { c.BitDot(nil, nil) }},
		"inner length":   {"matrix product", func(c *Clear, x Arith) { c.MatMul(x, Operand{1, 2, false}, x, Operand{1, 2, false}) }},
		"own failure":    {"mended here", func(c *Clear, _ Arith) { c.Fail(errors.New("mended here")) }},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := RunClear(context.Background(), testPolicy, ClearOptions{}, func(c *Clear) error {
				c.Enter("step", -1)
				tc.program(c, c.Public([]uint64{1, 2}))
				return nil
			})
			require.ErrorContains(t, err, "clear engine at step: ")
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestClearDoesNotSwallowBugs(t *testing.T) {
	require.PanicsWithValue(t, "a bug", func() {
		_, _ = RunClear(context.Background(), testPolicy, ClearOptions{}, func(*Clear) error { panic("a bug") })
	})
}

func TestClearReturnsTheProgramsError(t *testing.T) {
	want := errors.New("no data")
	_, err := RunClear(context.Background(), testPolicy, ClearOptions{}, func(*Clear) error { return want })
	require.Equal(t, want, err)
}
