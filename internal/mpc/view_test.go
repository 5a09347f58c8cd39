package mpc_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/cryptotest"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// secretPair is two very different inputs: all zero, and values of both signs
// up to 2^30, whose products are in the range of a truncation.
func secretPair(n int) [2]plain {
	words := (n + 63) / 64
	zero := plain{make([]uint64, n), make([]uint64, n), make([]uint64, words), make([]uint64, words)}
	r := rand.New(rand.NewPCG(1, 2))
	full := plain{make([]uint64, n), make([]uint64, n), make([]uint64, words), make([]uint64, words)}
	for i := range n {
		full.x[i], full.y[i] = uint64(int64(r.Uint64())>>33), uint64(int64(r.Uint64())>>33)
	}
	for i := range words {
		full.b[i], full.c[i] = r.Uint64(), ^uint64(0)
	}
	return [2]plain{zero, full}
}

// plain are the values that operands are sharings of.
type plain struct{ x, y, b, c []uint64 }

// messages picks those of a session that a test looks at.
type messages func(t *mpc.Trace, server int) [][]uint64

// observe runs a program in many sessions and returns what server j receives.
// All that j knows stays the same from run to run, and for every plain: its two
// components of each operand, its two keys. The key that it lacks is fresh, from
// a stream that seed begins.
func observe(t *testing.T, seed uint64, j, n int, in plain, opts mpc.Options, run func(p *mpc.Party, in operands), pick messages) *sample {
	t.Helper()
	cryptotest.SetGlobalRandom(t, uint64(j)) // what j knows is the same in every sample
	known, s := mpctest.NewPairKeys(t), secretsKnownTo(j, n, in)
	cryptotest.SetGlobalRandom(t, seed) // what it lacks is not
	var got [runs][][]uint64
	for i := range got {
		got[i] = pick(oneSession(t, j, known, s, opts, run), j)
	}
	out, err := newSample(got)
	require.NoError(t, err)
	return out
}

// oneSession runs a program in one session and returns its messages. Keys are
// the known ones, but for a fresh one of those that j lacks.
func oneSession(t *testing.T, j int, known *mpctest.PairKeys, s secrets, opts mpc.Options, run func(p *mpc.Party, in operands)) *mpc.Trace {
	t.Helper()
	keys := *known
	keys.Pair[(j+2)%3] = mpctest.NewPairKey(t)
	trace := mpc.NewKeepingTrace()
	opts.Trace = trace
	r := mpctest.Setup{Options: opts, Keys: &keys}.Run(t, func(p *mpc.Party) error {
		run(p, s.take(p))
		return nil
	})
	require.NoError(t, errors.Join(r.Errs[:]...))
	return trace
}

// secretsKnownTo shares in with two components for server j that depend on j
// and n only.
func secretsKnownTo(j, n int, in plain) secrets {
	r := rand.New(rand.NewPCG(uint64(j), uint64(n)))
	hide := func(v []uint64, minus func(a, b uint64) uint64) components {
		var c components
		for _, i := range []int{j, (j + 1) % 3} {
			c[i] = make([]uint64, len(v))
			for k := range v {
				c[i][k] = r.Uint64()
			}
		}
		c.complete((j+2)%3, v, minus)
		return c
	}
	return secrets{n: n, x: hide(in.x, sub), y: hide(in.y, sub), b: hide(in.b, xor), c: hide(in.c, xor)}
}

// checkViews returns what is wrong with the views of a protocol: for each
// server, the received words must be fair coins, any two of them independent
// (but for the last message of an opening, which the value opened determines),
// and alike for two secrets.
//
// Independence is looked for with full words of bits, so that no word has
// unused bits; there, one pad may serve twice, as it hides nothing.
func checkViews(t *testing.T, opts mpc.Options, secrets func(n int) [2]plain, run func(p *mpc.Party, in operands)) error {
	t.Helper()
	for j := range 3 {
		pair := secrets(65)
		a, b := observe(t, 11, j, 65, pair[0], opts, run, (*mpc.Trace).Received), observe(t, 12, j, 65, pair[1], opts, run, (*mpc.Trace).Received)
		if err := errors.Join(a.uniform(), b.uniform(), a.sameAs(b)); err != nil {
			return err
		}
		full := observe(t, 13, j, 64, secrets(64)[1], opts, run, (*mpc.Trace).ReceivedFree)
		if err := errors.Join(full.uniform(), full.independent()); err != nil {
			return err
		}
	}
	return nil
}

// viewRows are the protocols whose views are looked at. Openings have a test of
// their own, 16 bits stand for all shifts, 32 bits for all widths that are cut
// into digits, and the messages of Negative are among those of NegativeWatch.
// Counting is slow under the race detector, so with -short there are few.
func viewRows(t *testing.T) []protocol {
	t.Helper()
	return slices.DeleteFunc(protocols(), func(r protocol) bool {
		covered := r.method() == "Negative" || strings.Contains(r.name, "1 bits") ||
			strings.Contains(r.name, "/64, digits") || strings.Contains(r.name, "/17, digits")
		few := slices.Contains([]string{"And", "BitMul", "NegativeWatch/17"}, r.name)
		return r.opens || covered || testing.Short() && !few
	})
}

// TestViews checks what each server receives in every protocol.
func TestViews(t *testing.T) {
	for _, r := range viewRows(t) {
		t.Run(r.name, func(t *testing.T) {
			require.NoError(t, checkViews(t, r.opts, secretPair, r.run))
		})
	}
}

// inBlocks are protocols that go through a vector in blocks.
func inBlocks() (rows []protocol) {
	names := []string{
		"BitDot/3", "BitDotNarrow/2", "Narrow", "Widen/two rounds", "Trunc/two rounds, 16 bits", "TruncProduct/two rounds, 16 bits", "Descend/two rounds",
	}
	for _, r := range protocols() {
		if slices.Contains(names, r.name) {
			rows = append(rows, r)
		}
	}
	return rows
}

// TestViewsOverBlocks: no block of a message is under the pad of another, of 576
// elements, all bits of which are under one; nor does what 577 leave of the last words
// depend on secrets.
func TestViewsOverBlocks(t *testing.T) {
	rows := inBlocks()
	require.Len(t, rows, 7)
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			for j := range 3 {
				whole := observe(t, 13, j, 576, secretPair(576)[1], r.opts, r.run, (*mpc.Trace).ReceivedFree)
				require.NoError(t, errors.Join(whole.uniform(), whole.independent()))
				pair := secretPair(577)
				a := observe(t, 11, j, 577, pair[0], r.opts, r.run, (*mpc.Trace).Received)
				b := observe(t, 12, j, 577, pair[1], r.opts, r.run, (*mpc.Trace).Received)
				require.NoError(t, errors.Join(a.uniform(), b.uniform(), a.sameAs(b)))
			}
		})
	}
}

// zeroProducts are two inputs with the same products, all zero: once x and b
// are zero, once y is.
func zeroProducts(n int) [2]plain {
	pair := secretPair(n)
	zero, full := pair[0], pair[1]
	return [2]plain{{zero.x, full.y, zero.b, full.c}, {full.x, zero.y, zero.b, zero.c}}
}

// openings are programs that open values which come about in two ways, see
// [zeroProducts], and are the same. The sharings are of all the forms that
// protocols make, also those with a component that one server made.
func openings() map[string]func(p *mpc.Party, in operands) {
	by := mpctest.Permit()
	return map[string]func(p *mpc.Party, in operands){
		"Reveal product":   func(p *mpc.Party, in operands) { p.Reveal(p.Reshare(p.Mul(in.x, in.y)), by) },
		"Reveal bit":       func(p *mpc.Party, in operands) { p.Reveal(p.ToArith(p.And(in.b, in.c)), by) },
		"Reveal bit×value": func(p *mpc.Party, in operands) { p.Reveal(p.BitMul(in.b, in.x), by) },
		"Reveal truncated": func(p *mpc.Party, in operands) { p.Reveal(p.TruncProduct(p.Mul(in.x, in.y), 16), by) },
		"RevealTo product": func(p *mpc.Party, in operands) { p.RevealTo(1, p.Reshare(p.Mul(in.x, in.y)), by) },
		"RevealTo bit":     func(p *mpc.Party, in operands) { p.RevealTo(0, p.ToArith(p.And(in.b, in.c)), by) },
		"Reveal public sum": func(p *mpc.Party, in operands) {
			p.Reveal(p.AddPublic(p.BitMul(in.b, in.x), make([]uint64, in.x.Len())), by)
		},
	}
}

// TestViewsOfOpenings: the servers must not see in which way an opened value
// came about.
func TestViewsOfOpenings(t *testing.T) {
	for name, run := range openings() {
		if testing.Short() && name != "Reveal bit" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			require.NoError(t, checkViews(t, mpc.Options{}, zeroProducts, run))
		})
	}
}

// TestViewOfOwner checks what an owner gets from the three servers: any two
// components are uniform, and no more than their sum depends on how the value
// came about.
func TestViewOfOwner(t *testing.T) {
	const n = 64
	owner := func(seed uint64, in plain) *sample {
		cryptotest.SetGlobalRandom(t, seed)
		var got [runs][][]uint64
		s := secretsKnownTo(0, n, in)
		for i := range got {
			got[i] = make([][]uint64, 3)
			mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
				in := s.take(p)
				d := p.Deliver(p.Add(p.BitMul(in.b, in.x), p.ToArith(p.And(in.b, in.c))), mpctest.OwnerPermit())
				got[i][p.Server()], _ = d.Words()
				return nil
			})
		}
		out, err := newSample(got)
		require.NoError(t, err)
		return out
	}
	pair := zeroProducts(n)
	a, b := owner(21, pair[0]), owner(22, pair[1])
	require.NoError(t, errors.Join(a.uniform(), b.uniform(), a.sameAs(b)))
	for i := range 3 { // without component i
		require.NoError(t, errors.Join(a.without(i*n, n).independent(), b.without(i*n, n).independent()))
	}
}

// TestViewOfInput checks the parts of an owner's vector: to a server that knows
// its seed, the correction is uniform and alike for two secrets.
func TestViewOfInput(t *testing.T) {
	pair := secretPair(64)
	for server, known := range map[int]int{1: 1, 2: 0} {
		correction := func(seed uint64, x []uint64) *sample {
			r := rand.NewChaCha8([32]byte{byte(seed)})
			var got [runs][][]uint64
			for i := range got {
				var seeds [32]byte
				_, _ = r.Read(seeds[:])
				copy(seeds[16*known:], make([]byte, 16)) // the seed that the server has
				parts, err := mpc.Split(x, bytes.NewReader(seeds[:]))
				require.NoError(t, err)
				require.Equal(t, seeds[16*known:16*known+16], parts[server].Seed(known))
				require.Equal(t, make([]byte, 16), parts[server].Seed(1-known), "the seed that the server must not have")
				got[i] = [][]uint64{parts[server].Correction()}
			}
			out, err := newSample(got)
			require.NoError(t, err)
			return out
		}
		a, b := correction(31, pair[0].x), correction(32, pair[1].x)
		require.NoError(t, errors.Join(a.uniform(), b.uniform(), a.independent(), b.independent(), a.sameAs(b)))
	}
	parts, err := mpc.Split(pair[1].x, rand.NewChaCha8([32]byte{}))
	require.NoError(t, err)
	require.Empty(t, parts[0].Correction(), "server 0 gets seeds only")
}
