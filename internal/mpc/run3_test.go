package mpc

import (
	"context"
	"crypto/rand"
	mrand "math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/prg"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

var testPolicy = NewPolicy(Line{"all", []string{All}}, Line{"owner", []string{"north"}})

// run3 runs program on three servers of a fresh session. It is for the tests of
// this package that look inside; those of mpc_test use mpctest.
func run3(t testing.TB, opts Options, program func(p *Party) error) [3]*Report {
	t.Helper()
	conns := mem.New()
	keys := testKeys(t)
	var wg sync.WaitGroup
	var reports [3]*Report
	var errs [3]error
	for i := range 3 {
		wg.Go(func() {
			reports[i], errs[i] = Run(context.Background(), conns[i], keys[i], testPolicy, opts, program)
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	return reports
}

func testKeys(t testing.TB) [3]prg.Keys {
	t.Helper()
	var pair, own [3]prg.PairKey
	var err error
	for i := range 3 {
		pair[i], err = prg.NewPairKey(rand.Reader)
		require.NoError(t, err)
		own[i], err = prg.NewPairKey(rand.Reader)
		require.NoError(t, err)
	}
	var keys [3]prg.Keys
	for i := range 3 {
		keys[i], err = prg.Derive([32]byte{1}, i, pair[i], pair[(i+1)%3], own[i])
		require.NoError(t, err)
	}
	return keys
}

// eval3 shares xs, runs f on three servers and opens the result, checking that
// all three servers see the same.
func eval3(t testing.TB, opts Options, f func(p *Party, xs []Arith) Arith, xs ...[]uint64) []uint64 {
	t.Helper()
	parts := make([][3]Part, len(xs))
	for i, x := range xs {
		var err error
		parts[i], err = Split(x, rand.Reader)
		require.NoError(t, err)
	}
	var out [3][]uint64
	run3(t, opts, func(p *Party) error {
		in := make([]Arith, len(xs))
		for i := range xs {
			in[i] = p.Input(parts[i][p.Server()])
		}
		permit, err := testPolicy.Permit("all")
		if err != nil {
			return err
		}
		out[p.Server()] = p.Reveal(f(p, in), permit)
		return nil
	})
	require.Equal(t, out[0], out[1])
	require.Equal(t, out[0], out[2])
	return out[0]
}

// randWords returns n signed values of magnitude at most 2^bits.
func randWords(n, bits int) []uint64 {
	x := make([]uint64, n)
	for i := range x {
		x[i] = uint64(int64(mrand.Uint64()) >> (63 - bits))
	}
	return x
}
