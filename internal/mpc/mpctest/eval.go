package mpctest

import (
	"crypto/rand"
	"io"
	"slices"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// Eval3 shares the vectors xs, runs f on three servers of a fresh session and
// opens the result, which must be the same on all three.
func Eval3(t TB, opts mpc.Options, f func(p *mpc.Party, xs []mpc.Arith) mpc.Arith, xs ...[]uint64) []uint64 {
	t.Helper()
	in := Shares(t, xs...)
	var out [3][]uint64
	Run3(t, opts, func(p *mpc.Party) error {
		p.Begin() // with the build tag trefoildebug, memory of a scope begins poisoned
		out[p.Server()] = p.Reveal(f(p, in.Input(p)), Permit())
		p.End()
		return nil
	})
	for i := 1; i < 3; i++ {
		require.True(t, slices.Equal(out[0], out[i]), "servers 0 and %d opened different results", i)
	}
	return out[0]
}

// Vectors are the parts of an owner's vectors, for all three servers.
type Vectors [][3]mpc.Part

// Shares splits the vectors xs with fresh seeds.
func Shares(t TB, xs ...[]uint64) Vectors {
	t.Helper()
	return SharesFrom(t, rand.Reader, xs...)
}

// SharesFrom splits the vectors xs with seeds from r.
func SharesFrom(t TB, r io.Reader, xs ...[]uint64) Vectors {
	t.Helper()
	parts := make(Vectors, len(xs))
	for i, x := range xs {
		var err error
		parts[i], err = mpc.Split(x, r)
		require.NoError(t, err)
	}
	return parts
}

// Input takes the vectors into p's session.
func (v Vectors) Input(p *mpc.Party) []mpc.Arith {
	xs := make([]mpc.Arith, len(v))
	for i, parts := range v {
		xs[i] = p.Input(parts[p.Server()])
	}
	return xs
}
