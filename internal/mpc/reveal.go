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
	m := p.maskZero(z)
	twin := p.words(len(z))
	copy(twin, m.words)
	sum := make([]uint64, len(z))
	copy(sum, m.words)
	p.send(p.prev(), classOpening, m)
	p.send(p.next(), classOpening, masked{twin})
	for _, from := range [2]int{p.next(), p.prev()} {
		in := p.recv(from, len(z))
		ring.Add(sum, sum, in)
		p.free(in)
	}
	return sum
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
	m := p.maskZero(a.own)
	if p.server != receiver {
		p.send(receiver, classOpening, m)
		return nil
	}
	sum := make([]uint64, len(m.words))
	copy(sum, m.words)
	p.free(m.words)
	for _, from := range [2]int{p.next(), p.prev()} {
		in := p.recv(from, len(sum))
		ring.Add(sum, sum, in)
		p.free(in)
	}
	return sum
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
	return p.deliver(p.maskZero(a.own))
}

// deliver exchanges fresh summands and packs this server's two components.
func (p *Party) deliver(m masked) Delivery {
	d := &delivery{server: p.server, own: make([]uint64, len(m.words)), next: make([]uint64, len(m.words))}
	copy(d.own, m.words)
	p.send(p.prev(), classProduct, m)
	p.take(p.next(), d.next)
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
