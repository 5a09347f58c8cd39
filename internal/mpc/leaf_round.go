package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// offerLeaves is P0: it offers its table under the pads w and, in one round, under
// u. Its components are ρ_2 and ρ_1.
func (p *Party) offerLeaves(digits, sign []uint64, l leaves, x planes) {
	w, u := p.words(l.offered()), []uint64(nil)
	p.fillPrev(x.own)
	p.fillPrev(w)
	p.fillNext(x.next)
	if l.once {
		u = p.words(l.offered())
		p.fillNext(u)
	}
	toP1, toP2 := p.hideTables(w, u, digits, sign, l)
	p.send(p.next(), classSelection, toP1)
	if l.once {
		p.send(p.prev(), classSelection, toP2)
	}
}

// tellLeaves is P1 or P2 in the leaf rounds, where they are two: P2 has the pads
// of what P1 is offered, so both have a share of every sum, and tell each other.
func (p *Party) tellLeaves(role int, digits, sign []uint64, l leaves, x planes) {
	rho, result, other := x.own, x.next, p.next()
	var table []uint64
	if role == 1 {
		p.fillPrev(rho)
		table = p.recv(p.prev(), l.offered())
	} else {
		rho, result, other = x.next, x.own, p.prev()
		table = p.words(l.offered())
		p.fillNext(rho)
		p.fillNext(table)
	}
	share := p.helpLeaves(table, rho, digits, l)
	copy(result, share.words)
	p.send(other, classSelection, share)
	p.free(table)
	in := p.recv(other, l.chosen())
	ring.Xor(result, result, in)
	p.free(in)
	p.addKnownLeaves(result, digits, sign, l)
}

// chooseLeaves is P1 or P2, where the leaves take one round: it sends the other what its digits
// take of the pads that it knows, and takes the same of the offers. Its
// components are its ρ and the result.
func (p *Party) chooseLeaves(role int, digits, sign []uint64, l leaves, x planes) {
	draw, rho, result, other, sender := p.fillPrev, x.own, x.next, p.next(), p.prev()
	if role == 2 {
		draw, rho, result, other, sender = p.fillNext, x.next, x.own, sender, other
	}
	pads := p.words(l.offered())
	draw(rho)
	draw(pads)
	p.send(other, classSelection, p.helpLeaves(pads, rho, digits, l))
	p.free(pads)

	offers := p.recv(sender, l.offered())
	p.sumTable(result, offers, digits, l)
	p.free(offers)
	in := p.recv(other, l.chosen())
	ring.Xor(result, result, in)
	ring.Xor(result, result, rho)
	p.free(in)
	p.addKnownLeaves(result, digits, sign, l)
}

// helpLeaves sums a table, of pads or under them, and hides that under ρ, of which
// the other lacks the key. Local.
func (p *Party) helpLeaves(table, rho, digits []uint64, l leaves) masked {
	out := p.words(l.chosen())
	p.sumTable(out, table, digits, l)
	ring.Xor(out, out, rho)
	return masked{out}
}

// addKnownLeaves adds what P1 and P2 both know: the sign of r to the g of the top
// digit, the product of all bits of r to every e, and the highest bit of r's
// top digit to h. Local.
func (p *Party) addKnownLeaves(dst, digits, sign []uint64, l leaves) {
	n, w := l.vector(), l.words
	ring.Xor(dst[n-w:n], dst[n-w:n], sign)
	all := p.words(n)
	copy(all, digits[:n])
	for k := range l.bits {
		b := digits[k*n : (k+1)*n]
		if k == l.bits-1 && l.watch > 0 { // all but the highest, and that
			h, e := dst[2*n-w:][:l.watch], dst[2*n-w+l.watch:]
			ring.Xor(h, h, b[n-w:][:l.watch])
			ring.Xor(e, e, all[n-w:][:l.watch])
		}
		ring.And(all, all, b)
	}
	ring.Xor(dst[n:2*n-w], dst[n:2*n-w], all[w:])
	p.free(all)
}
