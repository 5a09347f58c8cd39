package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// Trunc is the price of [Party.Trunc] of n elements by t bits.
func (k Costs) Trunc(n int, t uint) Cost {
	if k.Options.Rounding == Exact {
		return k.exact(n, t)
	}
	return k.wrap(n, t)
}

// wrap is the price of the OR-wrap of n elements by t bits, in the form that is
// chosen for so many.
func (k Costs) wrap(n int, t uint) Cost {
	if k.Options.wrapOnce(n, t) {
		return orWrapCost(n, t)
	}
	return orWrapTwoRoundsCost(n, t)
}

// TruncProduct is the price of [Party.TruncProduct] of n elements by t bits.
func (k Costs) TruncProduct(n int, t uint) Cost { return sends(2 * n).Then(k.Trunc(n, t)) }

// exact is the price of truncExact. The last AND of the carry tree reaches P0,
// who must speak next, a message early when the levels are a multiple of 3:
// each sends one way round the ring.
func (k Costs) exact(n int, t uint) Cost {
	w := treeWidth(int(t))
	c := lowCarryCost(n, w).Then(toArithCost(n))
	if _, _, levels := carryAnds(w); levels%3 == 0 {
		c.Rounds--
	}
	return c.Beside(orWrapCost(n, t))
}

// orWrapCost is the price of orWrap: P0's term, and four packed vectors of t-bit
// values.
func orWrapCost(n int, t uint) Cost { return sends(n + 4*ring.PackedLen(n, int(t))) }

// orWrapTwoRoundsCost is the price of orWrapTwoRounds: P0's term and flipped bits,
// and a packed vector of t-bit values in each round.
func orWrapTwoRoundsCost(n int, t uint) Cost {
	l := ring.PackedLen(n, int(t))
	return sends(n + wordsFor(n) + l).Then(sends(l))
}

// Negative is the price of [Party.Negative] of n elements in a width.
func (k Costs) Negative(n, width int) Cost { return k.NegativeWatch(n, width, 0) }

// NegativeWatch is the price of [Party.NegativeWatch] of n elements in a width,
// the first `watch` of them watched.
func (k Costs) NegativeWatch(n, width, watch int) Cost {
	if form := k.Options.leafForm(n, width, watch); form.bits > 0 {
		return leavesOf(form, width, n, watch).cost()
	}
	return treeCost(n, width, watch)
}

// treeCost is the price of a comparison by the tree of single bits.
func treeCost(n, width, watch int) Cost {
	w := treeWidth(width)
	c := lowCarryCost(n, w-1)
	_, watched, _ := carryAnds(w - 1)
	c.Bytes += 8 * int64(wordsFor(n)+3*watched*wordsFor(watch)) // the top plane of s first
	return c
}

// lowCarryCost is the price of the carry out of the low bits of s + r: the planes
// of s, the first ANDs by two servers, the tree.
func lowCarryCost(n, bits int) Cost {
	w := wordsFor(n)
	c := sends(bits * w).Then(sends(2 * bits * w))
	ands, _, levels := carryAnds(bits)
	return c.Then(Cost{levels, 8 * int64(3*ands*w)})
}
