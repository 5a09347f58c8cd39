package mpc_test

import (
	"fmt"
	"math/bits"
	"slices"
	"testing"
	"testing/cryptotest"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// A view that looks uniform bit by bit may still tell a secret by an XOR of
// several bits, when a pad stands in three messages, say. So the tests below
// compute the affine hull of a view: the smallest set of bit vectors, closed
// under XOR of three, that has all the views of many runs. If the view is
// uniform, it is everything. Of w bits and w + 64 runs, a uniform view fails to
// fill it with a probability below 2⁻⁶⁴.
const (
	hullBits  = 256 // of a view: from each word as many low bits as fit, at least one
	hullSpare = 64
	hullSize  = 4 // elements: 16-bit values fill a word
)

// bitRow is a view's bits, and a one after them.
type bitRow []uint64

// flat returns the low bits of the received words.
func flat(messages [][]uint64) (row bitRow, width int) {
	words := slices.Concat(messages...)
	each := min(64, max(1, hullBits/max(len(words), 1)))
	row = make(bitRow, (each*len(words)+64)/64)
	for _, w := range words {
		for b := range each {
			row[width/64] |= w >> b & 1 << (width % 64)
			width++
		}
	}
	row[width/64] |= 1 << (width % 64)
	return row, width
}

// hull returns a basis of the rows' span, reduced: no row has the leading bit of
// another. It overwrites rows.
func hull(rows []bitRow) []bitRow {
	var basis []bitRow
	for _, row := range rows {
		for _, b := range basis {
			row.clear(b)
		}
		if row.lead() < 0 {
			continue
		}
		for _, b := range basis {
			b.clear(row)
		}
		basis = append(basis, row)
	}
	slices.SortFunc(basis, func(a, b bitRow) int { return a.lead() - b.lead() })
	return basis
}

// clear XORs b onto r if that removes b's leading bit from r.
func (r bitRow) clear(b bitRow) {
	if at := b.lead(); r[at/64]>>(at%64)&1 == 1 {
		for i := range r {
			r[i] ^= b[i]
		}
	}
}

// lead returns the place of the first bit set, or −1.
func (r bitRow) lead() int {
	for i, w := range r {
		if w != 0 {
			return 64*i + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// viewHull returns the hull of what server j receives, and how many bits of it
// were looked at. What j knows is the same in every run.
func viewHull(t *testing.T, seed uint64, j int, in plain, opts mpc.Options, run func(p *mpc.Party, in operands)) (basis []bitRow, width int) {
	t.Helper()
	cryptotest.SetGlobalRandom(t, uint64(j))
	known, s := mpctest.NewPairKeys(t), secretsKnownTo(j, hullSize, in)
	cryptotest.SetGlobalRandom(t, seed)
	var rows []bitRow
	for len(rows) < width+hullSpare {
		var row bitRow
		row, width = flat(oneSession(t, j, known, s, opts, run).ReceivedFree(j))
		rows = append(rows, row)
	}
	return hull(rows), width
}

// checkHull returns an error if a server's view is not all bit vectors.
func checkHull(t *testing.T, opts mpc.Options, in plain, run func(p *mpc.Party, in operands)) error {
	t.Helper()
	for j := range 3 {
		if basis, width := viewHull(t, 41, j, in, opts, run); len(basis) != width+1 {
			return fmt.Errorf("server %d: %d bits have a hull of dimension %d", j, width, len(basis)-1)
		}
	}
	return nil
}

// TestHulls looks at what each server receives in every protocol as a whole.
func TestHulls(t *testing.T) {
	for _, r := range viewRows(t) {
		t.Run(r.name, func(t *testing.T) {
			require.NoError(t, checkHull(t, r.opts, secretPair(hullSize)[1], r.run))
		})
	}
	for name, run := range openings() {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, checkHull(t, mpc.Options{}, zeroProducts(hullSize)[1], run))
		})
	}
}

// TestHullCatches sends three messages of which every two are independent, and
// all three together show the secret.
func TestHullCatches(t *testing.T) {
	triangle := func(p *mpc.Party, in operands) {
		n := in.x.Len()
		u, v := p.PadOfPrev(n), p.PadOfPrev(n)
		both := make([]uint64, n)
		for i := range both {
			both[i] = u[i] + v[i]
		}
		zero := p.Public(make([]uint64, n))
		p.SendBare(zero, u)
		p.SendBare(zero, v)
		p.SendBare(in.x, both)
	}
	require.NoError(t, checkViews(t, mpc.Options{}, secretPair, triangle), "the pairwise check does not see it")
	require.Error(t, checkHull(t, mpc.Options{}, secretPair(hullSize)[1], triangle))
}

// TestHullIsABasis computes two small hulls.
func TestHullIsABasis(t *testing.T) {
	rows := []bitRow{{0b001}, {0b011}, {0b010}, {0b110}, {0b101}}
	require.Equal(t, []bitRow{{0b001}, {0b010}, {0b100}}, hull(rows))
	require.Equal(t, []bitRow{{0b101}, {0b010}}, hull([]bitRow{{0b111}, {0b101}, {0b010}, {0}}))
}
