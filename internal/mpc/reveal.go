package mpc

import (
	"fmt"
	"slices"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// Reveal opens x to all three servers.
//
// Steps: server i sends z_i = x_i + α_i with α_0 + α_1 + α_2 = 0 to both
// others; all add the three. The zero sharing makes the messages uniform but for
// their sum, however x was made; see docs/protocols/reveal.md.
//
// Cost: 1 round, 16 bytes per element and server.
func (p *Party) Reveal(x Arith, by Permit) []uint64 {
	a := p.arith(x)
	p.authorise(by, true, len(a.own))
	return p.open(a.own)
}

// open sends this server's masked summand to both others and adds the three.
func (p *Party) open(z []uint64) []uint64 {
	sum := make([]uint64, len(z))
	if len(z) <= chunk {
		p.openRange(sum, z)
		return sum
	}
	p.cut(len(z), chunk, func(q *Party, _, lo, hi int) { q.openRange(sum[lo:hi], z[lo:hi]) })
	return sum
}

func (p *Party) openRange(sum, z []uint64) {
	m := p.maskZero(z)
	twin := p.words(len(z))
	copy(twin, m.words)
	copy(sum, m.words)
	p.send(p.prev(), classOpening, m)
	p.send(p.next(), classOpening, masked{twin})
	p.addFromBoth(sum)
}

// addFromBoth adds what both others send.
func (p *Party) addFromBoth(sum []uint64) {
	for _, from := range [2]int{p.next(), p.prev()} {
		in := p.recv(from, len(sum))
		ring.Add(sum, sum, in)
		p.free(in)
	}
}

// RevealTo opens x to one server; the other two get nil.
//
// Steps: the other two send z_i = x_i + α_i to the receiver, who adds its own.
//
// Cost: 1 round, 8 bytes per element from each of the two others.
func (p *Party) RevealTo(receiver int, x Arith, by Permit) []uint64 {
	if receiver < 0 || receiver > 2 {
		p.Fail(fmt.Errorf("reveal to one server: got server %d, want 0, 1 or 2", receiver))
	}
	a := p.arith(x)
	p.authorise(by, true, len(a.own))
	var sum []uint64
	if p.server == receiver {
		sum = make([]uint64, len(a.own))
	}
	if len(a.own) <= chunk {
		p.openTo(receiver, sum, a.own, 0, len(a.own))
		return sum
	}
	p.cut(len(a.own), chunk, func(q *Party, _, lo, hi int) { q.openTo(receiver, sum, a.own, lo, hi) })
	return sum
}

// openTo opens the summands from lo to hi−1 to one server, who has a sum.
func (p *Party) openTo(receiver int, sum, z []uint64, lo, hi int) {
	m := p.maskZero(z[lo:hi])
	if p.server != receiver {
		p.send(receiver, classOpening, m)
		return
	}
	copy(sum[lo:hi], m.words)
	p.free(m.words)
	p.addFromBoth(sum[lo:hi])
}

// Delivery is what one server sends to an owner who may see a vector: both of
// its components of a fresh sharing. It prints and marshals as [secret].
type Delivery struct {
	Concealed
	box **delivery
}

type delivery struct {
	server    int
	own, next []uint64
}

// Deliver reshares x and returns this server's two components for the owners
// that the permit names. No server learns x.
//
// Cost: 1 round, 8 bytes per element and server, and 16 bytes per element from
// each server to each owner.
func (p *Party) Deliver(x Arith, by Permit) Delivery {
	a := p.arith(x)
	p.authorise(by, false, len(a.own))
	return p.deliver(a.own, 1, (*Party).maskZero)
}

// deliver exchanges fresh summands, made by mask from values of so many words, and
// packs this server's two components.
func (p *Party) deliver(z []uint64, unit int, mask func(q *Party, z []uint64) masked) Delivery {
	d := &delivery{server: p.server, own: make([]uint64, len(z)), next: make([]uint64, len(z))}
	part := func(q *Party, _, lo, hi int) {
		m := mask(q, z[lo*unit:hi*unit])
		copy(d.own[lo*unit:hi*unit], m.words)
		q.send(q.prev(), classProduct, m)
		q.take(q.next(), d.next[lo*unit:hi*unit])
	}
	p.cut(len(z)/unit, chunk, part)
	return Delivery{box: &d}
}

// Combine rebuilds a vector at an owner from what the three servers delivered
// (or from the one delivery of the cleartext engine). Every component comes
// from two servers; where they differ, one of them cheats or is broken, and
// Combine says which component and which two. Deliveries of unequal lengths are an
// error likewise.
func Combine(from ...Delivery) ([]uint64, error) { return combine(ring.Add, from) }

func combine(add func(dst, x, y []uint64), from []Delivery) ([]uint64, error) {
	if len(from) == 1 && from[0].box != nil && (*from[0].box).server == clearServer {
		return (*from[0].box).own, nil
	}
	d, err := checkDeliveries(from)
	if err != nil {
		return nil, err
	}
	sum := make([]uint64, len(d[0].own))
	for i := range 3 {
		add(sum, sum, d[i].own)
	}
	return sum, nil
}

func checkDeliveries(from []Delivery) (d [3]*delivery, err error) {
	if len(from) != 3 {
		return d, fmt.Errorf("got %d deliveries, want one of each of the three servers", len(from))
	}
	for i, f := range from {
		if f.box == nil || (*f.box).server != i {
			return d, fmt.Errorf("delivery %d is missing or of another server", i)
		}
		d[i] = *f.box
		if got, want := f.Len(), len(d[0].own); got != want || len(d[i].next) != want {
			return d, fmt.Errorf("server %d delivered %d elements and server 0 %d: one of them is broken or cheats; do not use this result", i, got, want)
		}
	}
	for i := range 3 {
		if j := (i + 1) % 3; !slices.Equal(d[i].next, d[j].own) {
			return d, fmt.Errorf("servers %d and %d delivered different copies of component %d: one of them is broken or cheats; do not use this result", i, j, j)
		}
	}
	return d, nil
}
