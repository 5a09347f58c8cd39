package mpc

import (
	"sync"

	"github.com/trefoil-ml/trefoil/internal/pages"
)

// arena hands out memory for the vectors of one scope and takes it all back
// when the scope ends, so that a training step allocates nothing.
type arena struct {
	mu     sync.Mutex
	depth  int    // scopes that are open; memory is from the heap at 0
	count  uint64 // outermost scopes so far
	blocks [][]uint64
	block  int // the block in use, and how much of it
	used   int
	long   [][]uint64 // blocks for one long vector each, those in use first
	longs  int        // in use

	gathered []*arith // whose rows may be pending

	ariths   slab[arith]
	products slab[product]
	bits     slab[bits]
}

// The sizes of an arena's blocks: of the first, and of more, which have room for large
// pages. A vector that fills one has a block of its own.
const (
	firstWords = 1 << 16
	blockWords = 1 << 19
)

// slab hands out structs from arrays that it keeps.
type slab[T any] struct {
	arrays []*[64]T
	n      int
}

func (s *slab[T]) next() *T {
	if s.n == 64*len(s.arrays) {
		s.arrays = append(s.arrays, new([64]T))
	}
	v := &s.arrays[s.n/64][s.n%64]
	s.n++
	return v
}

// reset empties the slab; handles that point into it become handles of no
// session.
func (s *slab[T]) reset() {
	var none T
	for i := range s.n {
		s.arrays[i/64][i%64] = none
	}
	s.n = 0
}

// scope numbers the open outermost scope; 0 is none. A handle carries the number
// of its scope, so that one kept too long is refused even when its place serves
// another vector.
func (a *arena) scope() uint64 {
	if a.depth == 0 {
		return 0
	}
	return a.count
}

// handle returns a struct of the scope, or of the heap outside one.
func handle[T any](a *arena, s *slab[T]) *T {
	if a.depth == 0 {
		return new(T)
	}
	return s.next()
}

// words returns n words of the scope with arbitrary contents, or zeros of the
// heap outside one.
func (a *arena) words(n int) []uint64 {
	if a.depth == 0 {
		return pages.Words(n)
	}
	if n >= blockWords {
		w := a.longBlock(n)[:n:n]
		poison(w)
		return w
	}
	for a.block < len(a.blocks) && a.used+n > len(a.blocks[a.block]) {
		a.block, a.used = a.block+1, 0
	}
	if a.block == len(a.blocks) {
		size := blockWords
		if a.block == 0 && n <= firstWords {
			size = firstWords
		}
		a.blocks = append(a.blocks, pages.Words(size))
	}
	w := a.blocks[a.block][a.used : a.used+n : a.used+n]
	a.used += n
	poison(w)
	return w
}

// longBlock returns a block for n words: one of the same steps before, or a new one.
func (a *arena) longBlock(n int) []uint64 {
	i := a.longs
	for i < len(a.long) && (len(a.long[i]) < n || len(a.long[i]) > 2*n) {
		i++
	}
	if i == len(a.long) {
		a.long = append(a.long, pages.Words(n))
	}
	a.long[i], a.long[a.longs] = a.long[a.longs], a.long[i]
	a.longs++
	return a.long[a.longs-1]
}

// Begin opens a scope: everything made until the matching [Party.End] is
// temporary and is refused after it. Keep results with [Party.Assign],
// [Party.Keep] or [Party.KeepBits].
func (p *Party) Begin() {
	a := &p.arena
	a.mu.Lock()
	if a.depth++; a.depth == 1 {
		a.count++
	}
	a.mu.Unlock()
}

// End closes the scope that the last Begin opened.
func (p *Party) End() {
	a := &p.arena
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.depth--; a.depth > 0 {
		return
	}
	a.block, a.used, a.longs = 0, 0, 0
	a.gathered = a.gathered[:0]
	a.ariths.reset()
	a.products.reset()
	a.bits.reset()
}

// Assign copies the shares of src into dst, which was made outside the scope.
func (p *Party) Assign(dst, src Arith) {
	d, s := p.arith(dst), p.arith(src)
	p.sameLen("assign", len(s.own), len(d.own))
	p.change(d)
	copy(d.own, s.own)
	copy(d.next, s.next)
}

// Keep returns a copy of x that outlives the scope.
func (p *Party) Keep(x Arith) Arith {
	s := p.arith(x)
	c := &arith{session: p.session, own: append([]uint64(nil), s.own...), next: append([]uint64(nil), s.next...)}
	c.self, c.root = c, c
	return Arith{box: &c.self}
}

// KeepBits returns a copy of b that outlives the scope.
func (p *Party) KeepBits(b Bits) Bits {
	s := p.bits(b)
	c := &bits{session: p.session, own: append([]uint64(nil), s.own...), next: append([]uint64(nil), s.next...), n: s.n}
	c.self = c
	return Bits{box: &c.self}
}

// newArith returns a sharing of n elements, whose words the caller fills: all
// of them, for they are arbitrary.
func (p *Party) newArith(n int) (Arith, *arith) {
	p.arena.mu.Lock()
	defer p.arena.mu.Unlock()
	return p.arithOf(p.arena.words(n), p.arena.words(n))
}

// arithOf wraps two components. The caller holds the arena.
func (p *Party) arithOf(own, next []uint64) (Arith, *arith) {
	a := handle(&p.arena, &p.arena.ariths)
	*a = arith{self: a, scope: p.arena.scope(), session: p.session, own: own, next: next, root: a}
	return Arith{box: &a.self, scope: a.scope}, a
}

// view returns elements lo to hi−1 of a, without copying.
func (p *Party) view(a *arith, lo, hi int) Arith {
	p.arena.mu.Lock()
	defer p.arena.mu.Unlock()
	x, c := p.arithOf(a.own[lo:hi:hi], a.next[lo:hi:hi])
	c.root = a.root
	return x
}

// newProduct returns summands of n elements, whose words the caller fills: all
// of them, for they are arbitrary.
func (p *Party) newProduct(n int) (Product, *product) {
	p.arena.mu.Lock()
	defer p.arena.mu.Unlock()
	return p.productOf(p.arena.words(n))
}

func (p *Party) productOf(sum []uint64) (Product, *product) {
	z := handle(&p.arena, &p.arena.products)
	*z = product{self: z, scope: p.arena.scope(), session: p.session, sum: sum}
	return Product{box: &z.self, scope: z.scope}, z
}

// newBits returns a sharing of n bits, whose words the caller fills: all of
// them, for they are arbitrary.
func (p *Party) newBits(n int) (Bits, *bits) {
	p.arena.mu.Lock()
	defer p.arena.mu.Unlock()
	w := wordsFor(n)
	return p.bitsOf(p.arena.words(w), p.arena.words(w), n)
}

func (p *Party) bitsOf(own, next []uint64, n int) (Bits, *bits) {
	b := handle(&p.arena, &p.arena.bits)
	*b = bits{self: b, scope: p.arena.scope(), session: p.session, own: own, next: next, n: n}
	return Bits{box: &b.self, scope: b.scope}, b
}
