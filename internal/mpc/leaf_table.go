package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// A table is what P0 offers, or the pads of it: the vectors s^S for S from 1 on,
// and the signs. The lowest bit of the lowest digit is zero, so the odd S have
// no plane for that digit.

// sets is how many sets of bits a digit has, and vector the length of a vector:
// one plane for each digit.
func (l leaves) sets() int   { return 1 << l.bits }
func (l leaves) vector() int { return l.groups * l.words }

// start is where s^S begins in a table, and offered the table's length.
func (l leaves) start(s int) int { return ((s-1)*l.groups - s/2) * l.words }
func (l leaves) offered() int    { return l.start(l.sets()) + l.words }

// part returns s^S of a table, and where in a vector it begins.
func (l leaves) part(table []uint64, s int) (x []uint64, skip int) {
	return table[l.start(s):l.start(s+1)], (s & 1) * l.words
}

// signs returns the signs of a table.
func (l leaves) signs(table []uint64) []uint64 { return table[l.start(l.sets()):] }

// block is how many words of a vector are worked on at a time, for the cache: a
// plane at least, so that the lowest digit is in the first block.
func (l leaves) block() int { return min(l.vector(), max(l.words, 4096>>l.bits)) }

// hideTables adds the table of P0's digits to tables of pads, of which the second
// may be missing. Local.
func (p *Party) hideTables(a, b, digits, sign []uint64, l leaves) (masked, masked) {
	n := l.block()
	products := p.words(l.sets() * n)
	for lo := 0; lo < l.vector(); lo += n {
		hi := min(lo+n, l.vector())
		l.products(products, digits, lo, hi)
		for s := 1; s < l.sets(); s++ {
			x := products[s*(hi-lo) : (s+1)*(hi-lo)]
			l.addPart(a, s, x, lo, hi)
			if b != nil {
				l.addPart(b, s, x, lo, hi)
			}
		}
	}
	p.free(products)
	ring.Xor(l.signs(a), l.signs(a), sign)
	if b != nil {
		ring.Xor(l.signs(b), l.signs(b), sign)
	}
	return masked{a}, masked{b}
}

// addPart adds words lo to hi−1 of s^S to a table.
func (l leaves) addPart(table []uint64, s int, x []uint64, lo, hi int) {
	t, skip := l.part(table, s)
	from := max(lo, skip)
	t = t[from-skip : hi-skip]
	ring.Xor(t, t, x[from-lo:])
}

// sumTable writes what a table contributes to the result of the leaf round with
// the digits of P1 and P2 as factors. Local.
func (p *Party) sumTable(dst, table, digits []uint64, l leaves) {
	n, w, size := l.vector(), l.words, l.block()
	factors, tmp := p.words(l.sets()*size), p.words(size)
	for lo := 0; lo < n; lo += size {
		hi := min(lo+size, n)
		l.products(factors, digits, lo, hi)
		l.sumBlock(dst, table, factors, tmp, lo, hi)
	}
	p.free(factors)
	p.free(tmp)
	ring.Xor(dst[n-w:n], dst[n-w:n], l.signs(table))
	if l.watch > 0 {
		p.sumWatched(dst[2*n-w:], table, digits, l)
	}
}

// sumBlock is sumTable for words lo to hi−1 of the vectors. The lowest digit
// needs no e.
func (l leaves) sumBlock(dst, table, factors, tmp []uint64, lo, hi int) {
	n, w := hi-lo, l.words
	factor := func(s, from int) []uint64 { return factors[s*n+from-lo : (s+1)*n] }
	noE := max(lo, w)
	g, e := dst[lo:hi], dst[l.vector()-w:][noE:hi]
	clear(g)
	clear(e)
	for s := 1; s < l.sets(); s++ {
		x, skip := l.part(table, s)
		from := max(lo, skip)
		addAnd(g[from-lo:], factor(generated(s, l.bits), from), x[from-skip:], tmp)
		addAnd(e, factor(propagated(s, l.bits), noE), x[noE-skip:], tmp)
	}
}

// sumWatched is sumTable for the watched part of the top digit: h is the highest
// bit of s + r, the sum of the two bits there and the g of the lower ones; with
// it goes the e of the lower ones.
func (p *Party) sumWatched(dst, table, digits []uint64, l leaves) {
	n, lo, low := l.watch, l.vector()-l.words, l.bits-1
	h, e := dst[:n], dst[n:]
	clear(dst)
	factors, tmp := p.words(l.sets()*n), p.words(n)
	l.products(factors, digits, lo, lo+n)
	top := func(s int) []uint64 { end := l.start(s + 1); return table[end-l.words:][:n] }
	for s := 1; s < 1<<low; s++ {
		addAnd(h, factors[generated(s, low)*n:][:n], top(s), tmp)
		addAnd(e, factors[propagated(s, low)*n:][:n], top(s), tmp)
	}
	ring.Xor(h, h, top(1<<low))
	p.free(factors)
	p.free(tmp)
}

// addAnd adds x & y to dst, for as many words as dst has.
func addAnd(dst, x, y, tmp []uint64) {
	n := len(dst)
	ring.And(tmp[:n], x[:n], y[:n])
	ring.Xor(dst, dst, tmp[:n])
}
