package mpc

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/trefoil-ml/trefoil/internal/pages"
	"github.com/trefoil-ml/trefoil/internal/ring"
)

// Part is what a data owner gives to one server: that server's share of a
// vector, compressed. It prints and marshals as [secret].
type Part struct {
	Concealed
	box **part
}

type part struct {
	server     int // 0, 1, 2; clearServer for the cleartext engine
	n          int
	seeds      [2]seed // of x_0 and x_1, where this server knows them
	correction []uint64
}

type seed [16]byte

const clearServer = -1

// Len returns the number of elements. The length is public.
func (t Part) Len() int { return (*t.box).n }

// Split cuts an owner's vector x into one part for each server.
//
// Steps: x_0 = PRG(σ_0) and x_1 = PRG(σ_1) for two fresh seeds, x_2 = x − x_0 −
// x_1. Server 0 gets (σ_0, σ_1), server 1 (σ_1, x_2), server 2 (σ_0, x_2).
// Each server alone sees seeds and at most one component under a pad that it
// cannot expand, so a uniform vector. No component is fixed: with an external
// owner the server that holds the other two would learn x.
//
// Random gives the seeds; use crypto/rand.
//
// Cost: no round between servers; the owner sends 16 bytes per element and 64
// bytes of seeds.
func Split(x []uint64, random io.Reader) ([3]Part, error) { return split(x, ring.Sub, random) }

func split(x []uint64, sub func(dst, x, y []uint64), random io.Reader) ([3]Part, error) {
	var s0, s1 seed
	for _, s := range []*seed{&s0, &s1} {
		if _, err := io.ReadFull(random, s[:]); err != nil {
			return [3]Part{}, fmt.Errorf("mpc: no randomness for the shares: %w", err)
		}
	}
	x2, pad := pages.Words(len(x)), pages.Words(len(x))
	s0.expand(pad)
	sub(x2, x, pad)
	s1.expand(pad)
	sub(x2, x2, pad)
	return [3]Part{
		newPart(part{server: 0, n: len(x), seeds: [2]seed{s0, s1}}),
		newPart(part{server: 1, n: len(x), seeds: [2]seed{1: s1}, correction: x2}),
		newPart(part{server: 2, n: len(x), seeds: [2]seed{0: s0}, correction: x2}),
	}, nil
}

// Plain wraps an owner's vector for the cleartext engine. A server refuses it.
func Plain(x []uint64) Part {
	return newPart(part{server: clearServer, n: len(x), correction: x})
}

func newPart(t part) Part {
	inner := &t
	return Part{box: &inner}
}

// expand writes the AES-128-CTR stream of a seed that is used once.
func (s seed) expand(dst []uint64) {
	block, err := aes.NewCipher(s[:])
	if err != nil {
		panic(err) // a 16-byte key is always accepted
	}
	stream := cipher.NewCTR(block, make([]byte, aes.BlockSize))
	buf := make([]byte, 4096)
	for len(dst) > 0 {
		clear(buf)
		stream.XORKeyStream(buf, buf)
		n := min(len(dst), len(buf)/8)
		for i := range n {
			dst[i] = binary.LittleEndian.Uint64(buf[8*i:])
		}
		dst = dst[n:]
	}
}

// Input takes this server's part of an owner's vector into the session.
//
// Cost: local.
func (p *Party) Input(t Part) Arith { return p.InputAll([]Part{t}) }

// InputAll is Input of several vectors, one after another in the result: with no
// copy of all of them on the way, since training data may fill the memory.
//
// Cost: local.
func (p *Party) InputAll(parts []Part) Arith {
	n := 0
	for _, t := range parts {
		if t.box == nil || (*t.box).server != p.server {
			p.Fail(fmt.Errorf("input: got a part for another server, want one for server %d", p.server))
		}
		n += t.Len()
	}
	x, a := p.newArith(n)
	at := 0
	for _, t := range parts {
		n := t.Len()
		p.input(a.own[at:at+n], a.next[at:at+n], *t.box)
		at += n
	}
	return x
}

// input writes a part into the two components of this server.
func (p *Party) input(own, next []uint64, in *part) {
	if p.server != 0 {
		p.sameLen("input: correction", len(in.correction), in.n)
	}
	switch p.server {
	case 0:
		in.seeds[0].expand(own)
		in.seeds[1].expand(next)
	case 1:
		in.seeds[1].expand(own)
		copy(next, in.correction)
	case 2:
		copy(own, in.correction)
		in.seeds[0].expand(next)
	}
}

// Public returns a sharing of the public vector c: (c, 0, 0).
//
// Cost: local.
func (p *Party) Public(c []uint64) Arith {
	x, a := p.newArith(len(c))
	clear(a.own)
	clear(a.next)
	switch p.server {
	case 0:
		copy(a.own, c)
	case 2:
		copy(a.next, c)
	}
	return x
}
