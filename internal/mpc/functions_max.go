package mpc

import "fmt"

// RowMax returns for each row of an m×n matrix, n ≥ 2, the maximum [max_j x_ij],
// and for each j the bits that say in which rows column j has it, the first of
// equal ones. Differences within a row must be below 2^(width−1); outside has bits
// that are set if some are not below 2^(width−2).
//
// Protocol: all pairs of columns are compared in one batch. A column is the
// largest where it wins against all others, by a tree of ANDs; a sum of
// bit × value selects it.
//
// Source: composition; see docs/protocols/maximum.md.
//
// Error: none.
//
// Cost: that of [Party.NegativeWatch] for n(n−1)/2 pairs, ⌈log2(n−1)⌉ rounds of
// ANDs, and of [Party.BitDot] with n terms: 11 rounds for n = 10 in 32 bits.
func RowMax(e Engine, x Arith, rows, cols, width int) (largest Arith, hot []Bits, outside Bits) {
	if cols < 2 {
		e.Fail(fmt.Errorf("maximum of a row: got %d columns, want at least 2", cols))
	}
	return maxPairs(e, e.Transpose(x, rows, cols), rows, width)
}

// maxPairs is [RowMax] for the columns x_0, x_1, … of rows elements that follow
// one another in x.
func maxPairs(e Engine, x Arith, rows, width int) (largest Arith, hot []Bits, outside Bits) {
	k := x.Len() / rows
	first, second := pairsOf(k)
	differences := e.Sub(e.Gather(x, rows, first), e.Gather(x, rows, second))
	lost, outside := e.NegativeWatch(differences, width, differences.Len())
	all := andGroups(e, gamesOf(e, lost, rows, k), k*rows)
	hot, terms := make([]Bits, k), make([]Arith, k)
	for i := range k {
		hot[i], terms[i] = e.SliceBits(all, i*rows, (i+1)*rows), e.Slice(x, i*rows, (i+1)*rows)
	}
	return e.BitDot(hot, terms), hot, outside
}

// pairsOf lists the pairs i < j below k.
func pairsOf(k int) (first, second []int) {
	for i := range k {
		for j := i + 1; j < k; j++ {
			first, second = append(first, i), append(second, j)
		}
	}
	return first, second
}

// pairAt returns where pairsOf lists (i, j).
func pairAt(i, j, k int) int { return i*k - i*(i+1)/2 + j - i - 1 }

// gamesOf arranges the results of all pairs, one bit [x_i < x_j] each for i < j:
// for every t below k−1, whether vector 0, 1, … wins against its t-th opponent.
func gamesOf(e Engine, lost Bits, rows, k int) Bits {
	won := e.Not(lost)
	games := make([]Bits, 0, k*(k-1))
	for t := range k - 1 {
		for i := range k {
			b, at := lost, 0
			if t < i {
				at = pairAt(t, i, k)
			} else {
				b, at = won, pairAt(i, t+1, k)
			}
			games = append(games, e.SliceBits(b, at*rows, (at+1)*rows))
		}
	}
	return e.ConcatBits(games...)
}

// andGroups returns the AND of the groups of so many bits that follow one another.
func andGroups(e Engine, b Bits, width int) Bits {
	for n := b.Len() / width; n > 1; n -= n / 2 {
		half := n / 2
		both := e.And(e.SliceBits(b, 0, half*width), e.SliceBits(b, half*width, 2*half*width))
		if n%2 == 1 {
			both = e.ConcatBits(both, e.SliceBits(b, 2*half*width, n*width))
		}
		b = both
	}
	return b
}

// maxTree is maxPairs without the bits, by a tournament: fewer comparisons for
// many vectors, and more rounds.
//
// Cost: that of [Party.ExactReLU] for each of ⌈log2 k⌉ levels, k − 1 vectors in all.
func maxTree(e Engine, x Arith, rows, width int) (largest Arith, outside Bits) {
	var seen []Bits
	for n := x.Len() / rows; n > 1; n -= n / 2 {
		half := n / 2
		second := e.Slice(x, half*rows, 2*half*rows)
		over, out := e.ExactReLU(e.Sub(e.Slice(x, 0, half*rows), second), width, half*rows)
		seen = append(seen, out)
		x = e.Concat(e.Add(second, over), e.Slice(x, 2*half*rows, n*rows))
	}
	return x, e.ConcatBits(seen...)
}
