package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// factor is what this server multiplies of a matrix; see [Party.MatMul]. It is linear
// in the components, so that a matrix made of copies of elements, as that of a
// convolution, can be made of its factor.
type factor struct {
	words []uint64
	kept  bool // with the vector, for its next product
}

// factors returns those of a left and of a right matrix, for release. Local.
func (p *Party) factors(x, y *arith) (left, right factor) {
	left, right = p.factor(x), p.factor(y)
	switch {
	case p.server != 0:
	case left.costs() < right.costs():
		left = p.timesMinusTwo(left)
	default:
		right = p.timesMinusTwo(right)
	}
	return left, right
}

// costs is how many words are read and written to multiply the factor by −2.
func (f factor) costs() int {
	if f.kept {
		return 3 * len(f.words)
	}
	return 2 * len(f.words)
}

const minusTwo = ^uint64(1)

func (p *Party) timesMinusTwo(f factor) factor {
	scaled := f
	if f.kept {
		scaled = factor{words: p.words(len(f.words))}
	}
	ring.Scale(scaled.words, f.words, minusTwo)
	return scaled
}

func (p *Party) release(f factor) {
	if !f.kept {
		p.free(f.words)
	}
}

// factor returns that of x, but for server 0 without the −2 that one of two has. With a
// vector of the scope it is kept: activations and gradients are factors of two products.
func (p *Party) factor(x *arith) factor {
	n := len(x.own)
	if x.scope == 0 {
		f := p.words(n)
		p.combineAll(f, x)
		return factor{words: f}
	}
	now := p.changes.Load()
	f, known := p.keptFactor(x, now)
	if !known {
		p.combineAll(f, x)
		p.keepFactor(x, f, now)
	}
	return factor{words: f, kept: true}
}

// keptFactor returns the factor of x, or memory for it that ends with the scope. Since
// a vector can share its words with others, none is known from before the last change
// of any; a scope that changes vectors between products takes memory for each.
func (p *Party) keptFactor(x *arith, now uint64) (f []uint64, known bool) {
	p.arena.mu.Lock()
	defer p.arena.mu.Unlock()
	if x.factor != nil && x.changes == now {
		return x.factor, true
	}
	return p.arena.words(len(x.own)), false
}

func (p *Party) keepFactor(x *arith, f []uint64, now uint64) {
	p.arena.mu.Lock()
	defer p.arena.mu.Unlock()
	x.factor, x.changes = f, now
}

// change makes a vector ready to be changed: nothing that was made of it may need it.
func (s *session) change(a *arith) {
	s.changes.Add(1)
	s.settleRows(a)
}

// combineAll writes the factor of a. Local.
func (s *session) combineAll(f []uint64, a *arith) {
	switch {
	case a.rows.pending.Load():
		s.combineRows(f, &a.rows)
	case len(f) <= localPart:
		s.combine(f, a.own, a.next)
	default:
		eachLocal(len(f), localPart, func(lo, hi int) { s.combine(f[lo:hi], a.own[lo:hi], a.next[lo:hi]) })
	}
}

// combine writes a factor of two components.
func (s *session) combine(dst, own, next []uint64) {
	switch s.server {
	case 0:
		ring.Sub(dst, own, next)
	case 1:
		ring.TwiceAdd(dst, own, next)
	default:
		ring.TwiceAdd(dst, next, own)
	}
}
