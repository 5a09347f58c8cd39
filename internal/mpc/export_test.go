package mpc

import "slices"

// What the tests of package mpc_test see of the inside.

// Chunk is how many elements of a vector one lane works on.
const Chunk = chunk

// LongWrap is from what length on a truncation takes two rounds without a link.
const LongWrap = longWrap

// WithWrap returns o with every truncation in so many rounds, but exact ones.
func (o Options) WithWrap(rounds int) Options {
	o.forceWrap = rounds
	return o
}

// WrapOnce reports that a session would truncate n numbers by t bits in one round.
func (o Options) WrapOnce(n int, t uint) bool { return o.wrapOnce(n, t) }

// InputComponents takes the components x_0, x_1, x_2 of a vector.
func (p *Party) InputComponents(c [3][]uint64) Arith {
	x, a := p.newArith(len(c[0]))
	copy(a.own, c[p.server])
	copy(a.next, c[(p.server+1)%3])
	return x
}

// InputBitComponents takes the components b_0, b_1, b_2 of n bits.
func (p *Party) InputBitComponents(c [3][]uint64, n int) Bits {
	b, a := p.newBits(n)
	copy(a.own, c[p.server])
	copy(a.next, c[(p.server+1)%3])
	return b
}

// NewKeepingTrace returns a trace that keeps what the messages hold.
func NewKeepingTrace() *Trace { return &Trace{keep: true} }

// Received returns what server got, message by message, in an order that does
// not depend on timing.
func (t *Trace) Received(server int) [][]uint64 {
	var got [][]uint64
	for _, m := range t.sorted() {
		if m.to == server {
			got = append(got, m.data)
		}
	}
	return got
}

// ReceivedFree is Received without the last opening, if there is one: the
// openings add up to the value opened, which is for server to know.
func (t *Trace) ReceivedFree(server int) [][]uint64 {
	var got [][]uint64
	opening := -1
	for _, m := range t.sorted() {
		if m.to != server {
			continue
		}
		if m.class == classOpening {
			opening = len(got)
		}
		got = append(got, m.data)
	}
	if opening >= 0 {
		got = slices.Delete(got, opening, opening+1)
	}
	return got
}

// Words returns what the owner gets in a delivery.
func (d Delivery) Words() (own, next []uint64) { return (*d.box).own, (*d.box).next }

// SendBare sends the vector x to the next server under pad, which is the
// caller's choice: none, one that the receiver knows, or one used before.
func (p *Party) SendBare(x Arith, pad []uint64) {
	a := p.arith(x)
	p.send(p.next(), classInput, p.hide(a.own, pad))
	p.free(p.recv(p.prev(), len(a.own)))
}

// PadOfPrev returns a fresh draw of n words of the key shared with the
// previous server, which the next server lacks.
func (p *Party) PadOfPrev(n int) []uint64 {
	pad := make([]uint64, n)
	p.fillPrev(pad)
	return pad
}

// PadOfNext is PadOfPrev for the key shared with the next server.
func (p *Party) PadOfNext(n int) []uint64 {
	pad := make([]uint64, n)
	p.fillNext(pad)
	return pad
}

// SkipDraws moves this lane's draws of the key shared with the previous server
// on to near the end of their numbers.
func (p *Party) SkipDraws(to uint32) { p.drawnPrev, p.drawnNext = to, to }

// Seed returns the seed of component i in a part, zero if it has none.
func (t Part) Seed(i int) []byte { return (*t.box).seeds[i][:] }

// Correction returns the component that a part spells out.
func (t Part) Correction() []uint64 { return (*t.box).correction }

// Summands returns a copy of what a server holds of a product.
func Summands(p *Party, z Product) []uint64 { return slices.Clone(p.product(z).sum) }

// Pending reports that x is rows that have not been copied.
func (p *Party) Pending(x Arith) bool { return p.operand(x).rows.pending.Load() }

// ScopeWords returns how many words the memory of scopes has.
func (p *Party) ScopeWords() (n int) {
	for _, b := range slices.Concat(p.arena.blocks, p.arena.long) {
		n += len(b)
	}
	return n
}
