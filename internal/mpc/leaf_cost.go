package mpc

// cost is the price of leafMsb: the table and the sums, both ways in one round,
// then the tree of the digits.
func (l leaves) cost() Cost {
	ands, _, levels := carryAnds(l.groups)
	first, words := 2, l.offered()
	if l.once {
		first, words = 1, 2*l.offered()
	}
	words += 2*l.chosen() + 3*(ands*l.words+(2*levels-1)*l.watch)
	return Cost{Rounds: first + levels, Bytes: 8 * int64(words)}
}
