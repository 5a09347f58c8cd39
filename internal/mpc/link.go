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
// third.
func (l Link) seconds(c Cost) float64 {
	perByte := 1 / localBandwidth
	if l.Bandwidth > 0 {
		perByte += 1 / l.Bandwidth
	}
	return float64(c.Rounds)*l.Delay + float64(c.Bytes)/3*perByte
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

// nearDigits is the length of digits where a session knows no link. Digits of 2
// take two rounds and a tenth of the bytes less than the tree of single bits.
// Measured with servers in one process: 1 to 5 % slower on 128 to 512 numbers,
// 10 to 25 % faster from 2^13 on.
func nearDigits(width int) int {
	if width < 4 {
		return 0
	}
	return 2
}

// leafBits returns the length of the digits with which a comparison of n numbers
// in a width, of which the first `watch` are watched, is quickest over the
// link; 0 for the tree of single bits.
func (o Options) leafBits(n, width, watch int) int {
	w := treeWidth(width)
	if o.forceLeaf != 0 {
		return max(0, min(o.forceLeaf, w/2)) &^ 1
	}
	if o.Link == (Link{}) {
		return nearDigits(w)
	}
	best, least := 0, o.Link.seconds(treeCost(n, width, watch))
	for _, bits := range [...]int{2, 4, 8} {
		if 2*bits > w {
			break
		}
		if s := o.Link.seconds(leavesOf(bits, width, n, watch).cost()); s < least {
			best, least = bits, s
		}
	}
	return best
}
