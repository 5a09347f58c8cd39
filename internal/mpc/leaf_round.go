package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// offerLeaves is P0 in the leaf round: it offers its table under the pads w and
// u. Its components are ρ_2 and ρ_1.
func (p *Party) offerLeaves(digits, sign []uint64, l leaves, x planes) {
	w, u := p.words(l.offered()), p.words(l.offered())
	p.fillPrev(x.own)
	p.fillPrev(w)
	p.fillNext(x.next)
	p.fillNext(u)
	toP1, toP2 := p.hideTables(w, u, digits, sign, l)
	p.send(p.next(), classSelection, toP1)
	p.send(p.prev(), classSelection, toP2)
}

// chooseLeaves is P1 or P2 in the leaf round: it sends the other what its digits
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

// helpLeaves sums the pads of the other's offers and hides that under ρ, of
// which the other lacks the key. Local.
func (p *Party) helpLeaves(pads, rho, digits []uint64, l leaves) masked {
	out := p.words(l.chosen())
	p.sumTable(out, pads, digits, l)
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
