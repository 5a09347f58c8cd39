package tensortest

import (
	"context"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/fixedpoint"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"github.com/trefoil-ml/trefoil/tensor"
)

// Options say how a program is run. The zero Options are 16 fraction bits and
// stochastic rounding.
type Options struct {
	FractionBits int
	Exact        bool   // round to the nearest
	CoarseSigns  int    // low bits that ReLU and maxima do not look at
	Seed         uint64 // of the clear engine's roundings; not 0: of all keys and shares too
	Context      context.Context

	Delay, Bandwidth float64 // of the links for which servers choose protocols, as [mpc.Link]
}

// Program is run by every server, with the inputs as secret tensors at the
// working scale. What it returns is opened.
type Program func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error)

// Result is what one engine made of a program.
type Result struct {
	Values []tensor.Dense
	Err    error // of server 0, or of the clear engine

	Rounds   int   // longest chain of messages, without those that open Values
	Bytes    int64 // payload of all servers, likewise
	Openings []mpc.Opening
	Range    []mpc.RangeReport // clear engine only
}

// Permit opens everything, in tests.
func Permit() tensor.Permit { return mpctest.Permit() }

// OwnerPermit delivers everything to an owner, in tests.
func OwnerPermit() tensor.Permit { return mpctest.OwnerPermit() }

// Both runs a program that must not fail on both engines.
func Both(t mpctest.TB, o Options, program Program, inputs ...tensor.Dense) (secure, inClear Result) {
	t.Helper()
	secure, inClear = Secure(t, o, program, inputs...), Clear(t, o, program, inputs...)
	require.NoError(t, secure.Err)
	require.NoError(t, inClear.Err)
	return secure, inClear
}

// Secure runs a program on three servers, which must open the same values. It
// fails the test if only some of them return an error.
func Secure(t mpctest.TB, o Options, program Program, inputs ...tensor.Dense) Result {
	t.Helper()
	o = o.withDefaults(t)
	random := mpctest.Random(o.Seed)
	shares := mpctest.SharesFrom(t, random, o.encode(t, inputs)...)
	var r [3]Result
	opts := mpc.Options{
		Rounding: o.rounding(), CoarseSigns: o.CoarseSigns,
		Link: mpc.Link{Delay: o.Delay, Bandwidth: o.Bandwidth},
	}
	ended := mpctest.Setup{Context: o.Context, Options: opts, Keys: mpctest.PairKeysFrom(t, random)}.Run(t, func(p *mpc.Party) error {
		return r[p.Server()].run(p, o, program, inputs, func(i int) mpc.Part { return shares[i][p.Server()] })
	})
	for k := range r {
		require.Equal(t, ended.Errs[0] == nil, ended.Errs[k] == nil, "servers 0 and %d: %v and %v", k, ended.Errs[0], ended.Errs[k])
		require.Equal(t, r[0].Values, r[k].Values, "servers 0 and %d opened different values", k)
		r[0].Rounds = max(r[0].Rounds, r[k].Rounds)
	}
	r[0].Bytes += r[1].Bytes + r[2].Bytes
	r[0].Err, r[0].Openings = ended.Errs[0], ended.Reports[0].Openings
	return r[0]
}

// Clear runs a program on the clear engine.
func Clear(t mpctest.TB, o Options, program Program, inputs ...tensor.Dense) Result {
	t.Helper()
	o = o.withDefaults(t)
	words := o.encode(t, inputs)
	var r Result
	report, err := mpc.RunClear(o.Context, mpctest.Policy(), mpc.ClearOptions{Rounding: o.rounding(), Seed: o.Seed, CoarseSigns: o.CoarseSigns}, func(c *mpc.Clear) error {
		return r.run(c, o, program, inputs, func(i int) mpc.Part { return mpc.Plain(words[i]) })
	})
	r.Err, r.Openings, r.Range = err, report.Openings, report.Range
	return r
}

// run is what one server does.
func (r *Result) run(e mpc.Engine, o Options, program Program, inputs []tensor.Dense, part func(i int) mpc.Part) error {
	s, err := tensor.NewSession(e, o.FractionBits)
	if err != nil {
		return err
	}
	in := make([]tensor.Secret, len(inputs))
	for i, d := range inputs {
		in[i] = s.Input(part(i), d.Shape()...)
	}
	out, err := program(s, in)
	if err != nil {
		return err
	}
	r.Rounds, r.Bytes = s.Cost()
	for _, x := range out {
		r.Values = append(r.Values, s.Reveal(x, Permit()))
	}
	return nil
}

func (o Options) withDefaults(t mpctest.TB) Options {
	if o.FractionBits == 0 {
		o.FractionBits = 16
	}
	if o.Context == nil {
		o.Context = t.Context()
	}
	return o
}

func (o Options) rounding() mpc.Rounding {
	if o.Exact {
		return mpc.Exact
	}
	return mpc.Stochastic
}

func (o Options) encode(t mpctest.TB, inputs []tensor.Dense) [][]uint64 {
	t.Helper()
	format := fixedpoint.Format{FractionBits: o.FractionBits}
	words := make([][]uint64, len(inputs))
	for i, d := range inputs {
		words[i] = make([]uint64, d.Len())
		require.NoError(t, format.EncodeAll(words[i], d.Data()))
	}
	return words
}
