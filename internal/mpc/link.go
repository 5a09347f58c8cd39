package mpc

// Link says how long messages take between the servers, so that a session can
// choose between few rounds and few bytes. The zero Link says nothing, and
// the session saves work and bytes.
//
// The choice is a function of public lengths and of the Link. So the Link, like
// all Options, has to be agreed on before the session: servers with different
// ones wait for messages that do not come, or get some of the wrong length.
type Link struct {
	Delay     float64 // of a message one way, in seconds
	Bandwidth float64 // that one server can send, in bytes per second; 0: no limit
}

// localBandwidth is about how many bytes per second a server makes and takes
// in while it computes: what is sent is never free.
const localBandwidth = 1e9

// seconds is about how long something takes that costs c, each server sending a
// third. No product is fused with a sum, so that servers of different builds
// choose the same.
func (l Link) seconds(c Cost) float64 {
	perByte := 1 / localBandwidth
	if l.Bandwidth > 0 {
		perByte += 1 / l.Bandwidth
	}
	return float64(float64(c.Rounds)*l.Delay) + float64(float64(c.Bytes)/3*perByte)
}

// quicker reports that over the link a session had better pay c than usual.
func (o Options) quicker(c, usual Cost) bool {
	return o.Link != (Link{}) && o.Link.seconds(c) < o.Link.seconds(usual)
}

// toArithOnce reports that n bits become ring elements in one round, and
// bitDotOnce that so many terms of n bits × values do.
func (o Options) toArithOnce(n int) bool { return o.quicker(toArithOnceCost(n), toArithCost(n)) }

func (o Options) bitDotOnce(n, terms int) bool {
	return o.quicker(bitDotOnceCost(n, terms), bitDotCost(n, terms))
}

// longWrap is from what length on a truncation takes two rounds where a session
// knows no link: there the fewer bytes are less work, and a round more of a server
// that computes for so long is nothing.
const longWrap = 1 << 12

// wrapOnce reports that n numbers are truncated by t bits in one round.
func (o Options) wrapOnce(n int, t uint) bool {
	switch {
	case o.forceWrap > 0:
		return o.forceWrap == 1
	case o.Link == (Link{}):
		return n < longWrap
	}
	return o.quicker(orWrapCost(n, t), orWrapTwoRoundsCost(n, t))
}

// wrapForm returns that way. It is for all n, also where they are done in chunks.
func (o Options) wrapForm(n int, t uint) wrapForm {
	if o.wrapOnce(n, t) {
		return (*Party).orWrap
	}
	return (*Party).orWrapTwoRounds
}

// leafForms are the ways to compare by digits that a session chooses from. The
// first is what others are measured by where a session knows no link.
var leafForms = [...]leafForm{{2, true}, {2, false}, {3, true}, {3, false}, {4, true}, {4, false}, {8, true}, {8, false}}

// leafForm returns the way in which a comparison of n numbers in a width, of
// which the first `watch` are watched, is quickest over the link. Without one it is
// the way with the fewest bytes in no more rounds than digits of 2 take in one
// round: two rounds less than the tree of single bits.
func (o Options) leafForm(n, width, watch int) leafForm {
	switch {
	case o.forceLeaf != nil:
		return o.forceLeaf.fit(width)
	case width < 3:
		return leafForm{}
	case o.Link == (Link{}):
		return nearForm(n, width, watch)
	}
	best, least := leafForm{}, o.Link.seconds(treeCost(n, width, watch))
	for _, f := range leafForms {
		if !f.fits(width) {
			continue
		}
		if s := o.Link.seconds(leavesOf(f, width, n, watch).cost()); s < least {
			best, least = f, s
		}
	}
	return best
}

// nearForm is leafForm without a link.
func nearForm(n, width, watch int) leafForm {
	best := leafForms[0]
	least := leavesOf(best, width, n, watch).cost()
	rounds := least.Rounds
	for _, f := range leafForms[1:] {
		if c := leavesOf(f, width, n, watch).cost(); f.fits(width) && c.Rounds <= rounds && c.Bytes < least.Bytes {
			best, least = f, c
		}
	}
	return best
}

// fit returns f, with digits of at most half the width, or the tree of single bits
// if that has none.
func (f leafForm) fit(width int) leafForm {
	f.bits = min(f.bits, treeWidth(width)/2)
	if f.bits < 2 {
		return leafForm{}
	}
	for !f.fits(width) {
		f.bits++
	}
	return f
}

// fits reports that all digits together have at most 64 bits.
func (f leafForm) fits(width int) bool { return f.bits*leavesOf(f, width, 0, 0).groups <= 64 }
