package mpc

// cost is the price of leafMsb: both ways the table and the sums, then the tree
// of the digits.
func (l leaves) cost() Cost {
	ands, _, levels := carryAnds(l.groups)
	words := 2*(l.offered()+l.chosen()) + 3*(ands*l.words+(2*levels-1)*l.watch)
	return Cost{Rounds: 1 + levels, Bytes: 8 * int64(words)}
}
