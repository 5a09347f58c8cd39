package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// The asymmetric protocols give the three servers roles around a pivot P0:
// a sharing is seen as s + r with s = x_0 + x_1, which P0 knows, and r = x_2,
// which P1 and P2 both know (indices counted from the pivot). Every value that
// such a protocol makes comes back into a replicated sharing through one of the
// two functions below, which fill this server's two components.

// inputPivot shares a vector v that P0 knows as (c_0, v − c_0, 0) with
// c_0 = F(P0–P2 key). P0 sends v − c_0 to P1, who does not know that key.
//
// Source: MP-SPDZ ReplicatedInput; see docs/protocols/input.md.
//
// Cost: 1 round, 8 bytes per element in all.
func (p *Party) inputPivot(role int, v, own, next []uint64) {
	switch role {
	case 0:
		p.fillPrev(own)
		m := p.hide(v, own)
		copy(next, m.words)
		p.send(p.next(), classInput, m)
	case 1:
		p.take(p.prev(), own)
		clear(next)
	case 2:
		clear(own)
		p.fillNext(next)
	}
}

// inputPivotBits is inputPivot for XOR sharings.
func (p *Party) inputPivotBits(role int, v, own, next []uint64) {
	switch role {
	case 0:
		p.fillPrev(own)
		m := p.hideBits(v, own)
		copy(next, m.words)
		p.send(p.next(), classInput, m)
	case 1:
		p.take(p.prev(), own)
		clear(next)
	case 2:
		clear(own)
		p.fillNext(next)
	}
}

// inputPair shares u + v, where P1 knows u and P2 knows v (each passes its own
// as v here; P0 passes nil), as (c_0, c_1, u − c_1 + v − c_0) with
// c_0 = F(P0–P2 key) and c_1 = F(P0–P1 key). P1 sends u − c_1 to P2 and P2 sends
// v − c_0 to P1: each lacks the key of what it gets.
//
// Source: MP-SPDZ Rep3 trunc_pr_finish (input2); see docs/protocols/input.md.
//
// Cost: 1 round, 16 bytes per element in all.
func (p *Party) inputPair(role int, v, own, next []uint64) {
	switch role {
	case 0:
		p.fillPrev(own)
		p.fillNext(next)
	case 1:
		p.fillPrev(own)
		p.swapPair(p.next(), v, own, next)
	case 2:
		p.fillNext(next)
		p.swapPair(p.prev(), v, next, own)
	}
}

// swapPair sends v − pad to the other server of the pair and writes the sum of
// what both sent.
func (p *Party) swapPair(other int, v, pad, sum []uint64) {
	m := p.hide(v, pad)
	copy(sum, m.words)
	p.send(other, classInput, m)
	in := p.recv(other, len(sum))
	ring.Add(sum, sum, in)
	p.free(in)
}

// inputPairBits is inputPair for XOR sharings.
func (p *Party) inputPairBits(role int, v, own, next []uint64) {
	switch role {
	case 0:
		p.fillPrev(own)
		p.fillNext(next)
	case 1:
		p.fillPrev(own)
		p.swapPairBits(p.next(), v, own, next)
	case 2:
		p.fillNext(next)
		p.swapPairBits(p.prev(), v, next, own)
	}
}

func (p *Party) swapPairBits(other int, v, pad, sum []uint64) {
	m := p.hideBits(v, pad)
	copy(sum, m.words)
	p.send(other, classInput, m)
	in := p.recv(other, len(sum))
	ring.Xor(sum, sum, in)
	p.free(in)
}

// take copies the next message of server from into dst.
func (p *Party) take(from int, dst []uint64) {
	in := p.recv(from, len(dst))
	copy(dst, in)
	p.free(in)
}
