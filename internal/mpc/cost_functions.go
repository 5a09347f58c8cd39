package mpc

// ReLU is the price of [Party.ReLU] of n elements in a width, the first `watch`
// of them watched. Both parts have one pivot, so where the levels of the tree
// are a multiple of 3, P0, who goes on alone if there are two rounds to come, has
// the bit a message early (see exact).
func (k Costs) ReLU(n, width, watch int) Cost {
	c := k.NegativeWatch(n, width, watch).Then(k.BitMul(n))
	if k.Options.bitDotOnce(n, 1) {
		return c
	}
	leaves := treeWidth(width) - 1
	if bits := k.Options.leafBits(n, width, watch); bits > 0 {
		leaves = treeWidth(width) / bits
	}
	if _, _, levels := carryAnds(leaves); levels%3 == 0 {
		c.Rounds--
	}
	return c
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
