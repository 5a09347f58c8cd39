package mpc

// ReLU is the price of [Party.ReLU] of n elements in a width, the first `watch`
// of them watched. Both parts have one pivot, and P0 goes on alone if there are two
// rounds to come: where it has the bit a message early, that is a round less.
func (k Costs) ReLU(n, width, watch int) Cost {
	return k.ExactReLU(n, width-k.Options.coarse(width), watch)
}

// ExactReLU is the price of [Party.ExactReLU].
func (k Costs) ExactReLU(n, width, watch int) Cost {
	c := k.NegativeWatch(n, width, watch).Then(k.BitMul(n))
	if k.Options.bitDotOnce(n, 1) {
		return c
	}
	if k.Options.pivotIsEarly(n, width, watch) {
		c.Rounds--
	}
	return c
}

// pivotIsEarly reports that P0 has the result of a comparison a message before the
// others: each AND sends one way round the ring, so that depends on the levels of
// the tree mod 3 (see exact).
func (o Options) pivotIsEarly(n, width, watch int) bool {
	form := o.leafForm(n, width, watch)
	if form.bits == 0 {
		_, _, levels := carryAnds(treeWidth(width) - 1)
		return levels%3 == 0
	}
	_, _, levels := carryAnds(leavesOf(form, width, n, watch).groups)
	return levels%3 == 0 || !form.once && levels%3 == 1
}

// Exp is the price of [Party.Exp] of n elements, with powers up to 2^top.
func (Costs) Exp(n, top int) Cost { return sends((2*powersFor(top).digits + 2) * n) }

// TopBit is the price of [Party.TopBit] of n elements in a width.
func (Costs) TopBit(n, width int) Cost {
	words, w := wordsFor(n), treeWidth(width)
	sum, up := carriesAnds(w)
	zeros, down := prefixAnds(width - 1)
	c := sends(w * words).Then(sends(2 * (w - 1) * words))
	return c.Then(Cost{up + down, 8 * int64(3*(sum+zeros)*words)})
}

// BitSums is the price of [Party.BitSums] of n elements with so many terms, and
// so many lists of constants.
func (k Costs) BitSums(n, terms, sums int) Cost {
	if k.Options.bitSumsOnce(n, terms, sums) {
		return bitSumsOnceCost(n, terms)
	}
	return bitSumsCost(n, terms, sums)
}

// bitSumsCost is the price of bitSums, and bitSumsOnceCost of bitSumsOnce.
func bitSumsCost(n, terms, sums int) Cost { return sends(terms * n).Then(sends(2 * sums * n)) }
func bitSumsOnceCost(n, terms int) Cost   { return sends((2*terms + 2) * n) }

// bitSumsOnce reports that one sum of so many terms takes one round.
func (o Options) bitSumsOnce(n, terms, sums int) bool {
	return sums == 1 && o.quicker(bitSumsOnceCost(n, terms), bitSumsCost(n, terms, sums))
}
