package mpc

// leafForm is a way to compare by digits: the bits of a digit, 0 for the tree of
// single bits, and whether the digits take one round, at twice the table, or two.
type leafForm struct {
	bits int
	once bool
}

// leaves is the shape of a comparison by digits: the bits of a number below its
// sign, with zeros below them all, cut into digits, a power of two in number. A
// digit takes what the tree does in its lowest levels, in one or two rounds: the
// longer the digits, the fewer rounds and the more bytes.
//
// Vectors have one plane for each digit, in bit-reversed order, as carryOut
// wants them.
type leaves struct {
	leafForm
	groups int // digits, a power of two, at least 2
	words  int // of a plane
	watch  int // words of a plane that are watched
}

// leavesOf returns the shape for n numbers of a width, the first `watch` of them
// watched.
func leavesOf(form leafForm, width, n, watch int) leaves {
	digits := (width + form.bits - 1) / form.bits
	return leaves{leafForm: form, groups: max(2, treeWidth(digits)), words: wordsFor(n), watch: wordsFor(watch)}
}

// chosen is the length of what the leaf round gives: generate of all digits,
// propagate of all but the lowest, and both for the watched part.
func (l leaves) chosen() int { return (2*l.groups-1)*l.words + 2*l.watch }

// tree takes the result of the leaf round apart. Plane 0 of propagate, which
// the tree does not look at, is the last of generate.
func (l leaves) tree(x planes) *carryTree {
	at := (2*l.groups - 1) * l.words
	return &carryTree{
		g: x.at(0, l.groups), e: x.at(l.groups-1, 2*l.groups-1), n: l.groups,
		alt: planes{x.own[at:], x.next[at:], l.watch},
	}
}

// leafMsb is msb by digits. For the digits s and r of β bits at one place of the
// two summands, the tree wants
//
//	g = [s + r ≥ 2^β]   e = [s + r = 2^β − 1]
//
// Both are sums, mod 2, of products of bits of s, with factors that are products
// of bits of r (see generated). So P0 knows a vector T of 2^β − 1 products, and
// wanted are sums c·T with factors c that P1 and P2 know. P0 has T under pads w
// from the key of P0 and P2, and under u from that of P0 and P1; ρ_2 and ρ_1 are
// a draw for each sum from the same two keys:
//
//	P0 → P1: T ^ w     P2 → P1: c·w ^ ρ_2
//	P0 → P2: T ^ u     P1 → P2: c·u ^ ρ_1
//
// P1 and P2 both find c·T ^ ρ_1 ^ ρ_2, the third component beside ρ_2 and ρ_1.
// So all leaves take one round, and the tree of the digits follows. In two
// rounds, P2 needs no table, for it has w, and P1 tells it the sums of its own:
//
//	P0 → P1: T ^ w     P2 → P1: c·w ^ ρ_2     then  P1 → P2: c·(T ^ w) ^ ρ_1
//
// The sign of s is one more product, added to the g of the top digit; that of r is
// local. The watched bit below the sign comes from sums of the same T.
//
// P0 receives nothing in the leaf rounds. P1 receives T ^ w, and sums under ρ_2:
// uniform, for it lacks their key; P2 receives T ^ u, and sums under ρ_1, likewise.
//
// Source: ours; the argument is in docs/protocols/comparison-leaf.md. It
// overwrites sr.
//
// Cost: 1 or 2, and log2 G rounds for G digits; bytes as [leaves.cost].
func (p *Party) leafMsb(role int, sr []uint64, width int, l leaves) (top, outside planes) {
	digits, sign := p.splitDigits(sr, width, l)
	x := p.newPlanes(1, l.chosen())
	x.words = l.words
	switch {
	case role == 0:
		p.offerLeaves(digits, sign, l, x)
	case l.once:
		p.chooseLeaves(role, digits, sign, l, x)
	default:
		p.tellLeaves(role, digits, sign, l, x)
	}
	p.free(digits)
	p.free(sign)
	t := l.tree(x)
	p.climb(t, l.watch)
	top = p.newPlanes(1, l.words)
	copyPlanes(top, t.g.at(0, 1))
	if l.watch > 0 {
		outside = p.newPlanes(1, l.watch)
		xorPlanes(outside, t.alt.at(0, 1), top.head(l.watch))
	}
	p.freePlanes(x)
	return top, outside
}
