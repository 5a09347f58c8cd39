package mpc

import (
	"fmt"
	"io"
	mathbits "math/bits"
)

// WideWords is how many ring words hold one wide value: an integer mod 2^192,
// least significant word first. Wide values are for exact sums over owners
// whose units nobody knows beforehand; they can be added and opened, no more.
const WideWords = 3

// addWide writes x + y and subWide x − y, value by value mod 2^192.
func addWide(dst, x, y []uint64) {
	var c uint64
	for i := range dst {
		if i%WideWords == 0 {
			c = 0
		}
		dst[i], c = mathbits.Add64(x[i], y[i], c)
	}
}

func subWide(dst, x, y []uint64) {
	var b uint64
	for i := range dst {
		if i%WideWords == 0 {
			b = 0
		}
		dst[i], b = mathbits.Sub64(x[i], y[i], b)
	}
}

// SplitWide is [Split] for wide values: the components add up mod 2^192.
func SplitWide(x []uint64, random io.Reader) ([3]Part, error) {
	if len(x)%WideWords != 0 {
		return [3]Part{}, fmt.Errorf("mpc: got %d words of wide values, want a multiple of %d", len(x), WideWords)
	}
	return split(x, subWide, random)
}

// InputWide takes this server's part of an owner's wide vector.
//
// Cost: local.
func (p *Party) InputWide(t Part) Arith {
	x := p.Input(t)
	p.wholeWide("input wide", x.Len())
	return x
}

// wholeWide fails unless n words are whole wide values.
func (s *session) wholeWide(what string, n int) {
	if n%WideWords != 0 {
		s.Fail(fmt.Errorf("%s: got %d words, want a multiple of %d", what, n, WideWords))
	}
}

// AddWide returns [x + y] for wide vectors: each component is added mod 2^192,
// carries and all.
//
// Cost: local.
func (p *Party) AddWide(x, y Arith) Arith {
	p.wholeWide("add wide", len(p.arith(x).own))
	return p.zip("add wide", addWide, x, y)
}

// DeliverWide is [Party.Deliver] for wide values: the zero sharing that makes
// the components fresh is one mod 2^192.
//
// Cost: as [Party.Deliver], per word.
func (p *Party) DeliverWide(x Arith, by Permit) Delivery {
	a := p.arith(x)
	p.wholeWide("deliver wide", len(a.own))
	p.authorise(by, false, len(a.own)/WideWords)
	return p.deliver(a.own, WideWords, (*Party).maskZeroWide)
}

// maskZeroWide is maskZero mod 2^192. Local.
func (p *Party) maskZeroWide(z []uint64) masked {
	m := masked{p.words(len(z))}
	f := p.words(len(z))
	p.fillPrev(m.words)
	p.fillNext(f)
	subWide(m.words, m.words, f)
	addWide(m.words, m.words, z)
	p.free(f)
	return m
}

// CombineWide is [Combine] for wide values. It refuses deliveries that do not hold
// whole ones.
func CombineWide(from ...Delivery) ([]uint64, error) {
	words, err := combine(addWide, from)
	if err == nil && len(words)%WideWords != 0 {
		return nil, fmt.Errorf("got deliveries of %d words, want a multiple of %d", len(words), WideWords)
	}
	return words, err
}
