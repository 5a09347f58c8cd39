package mpc

// Cost is what a protocol costs on the wire.
type Cost struct {
	Rounds int   // longest chain of messages, each of which waits for the one before
	Bytes  int64 // payload of all three servers together
}

// Then returns the cost of c followed by d, when d waits for the result of c.
// Its rounds are a bound: where the server that speaks first in d was not the
// last to hear in c, the chain is a message or two shorter.
func (c Cost) Then(d Cost) Cost { return Cost{c.Rounds + d.Rounds, c.Bytes + d.Bytes} }

// Beside returns the cost of c and d at the same time, as [Party.Par] runs
// them.
func (c Cost) Beside(d Cost) Cost { return Cost{max(c.Rounds, d.Rounds), c.Bytes + d.Bytes} }

// Times returns the cost of k times c, one after another.
func (c Cost) Times(k int) Cost { return Cost{k * c.Rounds, int64(k) * c.Bytes} }

// sends returns the cost of one round in which the three servers send so many
// words in all.
func sends(words int) Cost { return Cost{Rounds: 1, Bytes: 8 * int64(words)} }

// Costs prices the protocols of [Party] before a run: each method has the name
// of the protocol and takes the length of its vectors. What is not here is
// local. Lengths are public, so prices are exact: messages are whole words, and
// bits are packed into them.
//
// The roles of the servers go round from one protocol, and one chunk of a long
// vector, to the next; over many each server sends a third of the bytes.
type Costs struct{ Options Options }

// Reshare is the price of [Party.Reshare] of n elements.
func (Costs) Reshare(n int) Cost { return sends(3 * n) }

// Reveal is the price of [Party.Reveal] of n elements.
func (Costs) Reveal(n int) Cost { return sends(6 * n) }

// RevealTo is the price of [Party.RevealTo] of n elements.
func (Costs) RevealTo(n int) Cost { return sends(2 * n) }

// Deliver is the price of [Party.Deliver] of n elements between servers. The
// owner receives another 48 bytes per element.
func (Costs) Deliver(n int) Cost { return sends(3 * n) }

// DeliverWide is the price of [Party.DeliverWide] of n words, between servers.
func (k Costs) DeliverWide(n int) Cost { return k.Deliver(n) }

// And is the price of [Party.And] of n bits.
func (Costs) And(n int) Cost { return sends(3 * wordsFor(n)) }

// Or is the price of [Party.Or] of n bits.
func (k Costs) Or(n int) Cost { return k.And(n) }

// Any is the price of [Party.Any] of n bits.
func (Costs) Any(n int) Cost {
	var c Cost
	for w := wordsFor(n); w > 1; w -= w / 2 {
		c = c.Then(sends(3 * (w / 2)))
	}
	for bits := min(n, 64); bits > 1; bits = (bits + 1) / 2 {
		c = c.Then(sends(3))
	}
	return c
}

// ToArith is the price of [Party.ToArith] of n bits.
func (k Costs) ToArith(n int) Cost {
	if k.Options.toArithOnce(n) {
		return toArithOnceCost(n)
	}
	return toArithCost(n)
}

// toArithCost is the price of bitToArith, and toArithOnceCost of bitToArithOnce.
func toArithCost(n int) Cost     { return sends(n).Then(sends(2 * n)) }
func toArithOnceCost(n int) Cost { return sends(4 * n) }

// BitMul is the price of [Party.BitMul] of n elements.
func (k Costs) BitMul(n int) Cost { return k.BitDot(n, 1) }

// BitDot is the price of [Party.BitDot] of n elements with so many terms.
func (k Costs) BitDot(n, terms int) Cost {
	if k.Options.bitDotOnce(n, terms) {
		return bitDotOnceCost(n, terms)
	}
	return bitDotCost(n, terms)
}

// bitDotCost is the price of bitDot, and bitDotOnceCost of bitDotOnce.
func bitDotCost(n, terms int) Cost     { return sends(2 * terms * n).Then(sends(2 * n)) }
func bitDotOnceCost(n, terms int) Cost { return sends((4*terms + 2) * n) }

// Select is the price of [Party.Select] of n elements.
func (k Costs) Select(n int) Cost { return k.BitMul(n) }
