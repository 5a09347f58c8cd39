package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/reg"
)

// A pool hands out registers, the one that is free for the longest time first.
type pool struct{ free []VecPhysical }

func newPool(free []VecPhysical) *pool { return &pool{append([]VecPhysical(nil), free...)} }

func (p *pool) take() VecPhysical {
	r := p.free[0]
	p.free = p.free[1:]
	return r
}

func (p *pool) give(r VecPhysical) { p.free = append(p.free, r) }

// laggingSums adds products to their sums two at a time, and only when more than
// behind of them wait. AMD Zen 4 multiplies on two of the four ports that add: with an
// addition behind each multiplication a third of the cycles had one in the way of
// the other; two by two it is a twentieth.
type laggingSums struct {
	free   *pool // gets the registers of the products
	behind int
	wait   [][2]VecPhysical // products and their sums
}

// add is sum += product, some time.
func (s *laggingSums) add(product, sum VecPhysical) {
	s.wait = append(s.wait, [2]VecPhysical{product, sum})
	if len(s.wait) > s.behind {
		s.one()
		s.one()
	}
}

func (s *laggingSums) one() {
	product, sum := s.wait[0][0], s.wait[0][1]
	s.wait = s.wait[1:]
	VPADDQ(product, sum, sum)
	s.free.give(product)
}

// flush adds what waits.
func (s *laggingSums) flush() {
	for len(s.wait) > 0 {
		s.one()
	}
}
