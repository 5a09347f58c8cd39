package mpc

import "sync/atomic"

// gathered are rows of a vector that have not been copied yet: a product needs their
// factor only, which is half as long and made of the rows where they are.
type gathered struct {
	from    *arith
	cols    int
	index   []int
	pending atomic.Bool // the words of the copy are arbitrary
}

// Gather returns the rows of a rows×cols matrix whose numbers index lists; the numbers
// are public. In a scope they are copied when something other than a matrix product
// needs them, or before x changes: index must not change until the scope ends.
//
// Cost: local.
func (p *Party) Gather(x Arith, cols int, index []int) Arith {
	a := p.arith(x)
	for _, r := range index {
		p.inRange(r*cols, (r+1)*cols, len(a.own))
	}
	z, c := p.newArith(len(index) * cols)
	c.rows.from, c.rows.cols, c.rows.index = a, cols, index
	c.rows.pending.Store(true)
	if c.scope == 0 {
		c.settle()
		c.rows.from, c.rows.index = nil, nil
		return z
	}
	p.arena.mu.Lock()
	p.arena.gathered = append(p.arena.gathered, c)
	p.arena.mu.Unlock()
	return z
}

// settle copies the rows of a, if they have not been.
func (s *session) settle(a *arith) {
	s.arena.mu.Lock()
	defer s.arena.mu.Unlock()
	a.settle()
}

// settleRows copies the pending rows of the vector that a is of, and of all vectors for
// nil.
func (s *session) settleRows(of *arith) {
	s.arena.mu.Lock()
	defer s.arena.mu.Unlock()
	for _, a := range s.arena.gathered {
		if a.rows.pending.Load() && (of == nil || a.rows.from.root == of.root) {
			a.settle()
		}
	}
}

// settle copies the rows, if they have not been. The caller holds the arena, or has the
// only handle.
func (a *arith) settle() {
	r := &a.rows
	if !r.pending.Load() {
		return
	}
	for i, row := range r.index {
		copy(a.own[i*r.cols:], r.from.own[row*r.cols:(row+1)*r.cols])
		copy(a.next[i*r.cols:], r.from.next[row*r.cols:(row+1)*r.cols])
	}
	r.pending.Store(false)
}

// combineRows writes the factor of rows that are pending. Local.
func (s *session) combineRows(f []uint64, r *gathered) {
	if len(f) <= localPart {
		s.combineSome(f, r, 0, len(r.index))
		return
	}
	eachLocal(len(r.index), max(1, localPart/r.cols), func(lo, hi int) { s.combineSome(f, r, lo, hi) })
}

// combineSome is combineRows of rows lo to hi−1.
func (s *session) combineSome(f []uint64, r *gathered, lo, hi int) {
	for i := lo; i < hi; i++ {
		row := r.index[i] * r.cols
		s.combine(f[i*r.cols:(i+1)*r.cols], r.from.own[row:row+r.cols], r.from.next[row:row+r.cols])
	}
}
