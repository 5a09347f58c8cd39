package tensor

import "github.com/trefoil-ml/trefoil/internal/mpc"

// Widest says how far [Secret.Activate] can lower a scale into a narrow form.
const Widest = 32

// Narrows reports whether [Secret.Activate] makes narrow tensors: where the session
// rounds at random.
func (s *Session) Narrows() bool { return s.engine.Rounding() != mpc.Exact }

// Activate returns x at a smaller scale, as [Secret.Rescale] does, for numbers
// |x| < [Session.Range] of which the sign will be taken: what a layer passes on to
// a ReLU or a maximum, or takes back from one. Where the session rounds at random
// it is cheaper. The result is then narrow, held mod 2^32: ReLU, maxima and their
// gradients, bits times values, Slice, Reshape, Concat and Windows keep it so, at
// half the bytes; [Secret.Conv2DNarrow] takes it as it is, and any other operation
// widens it first, see [Secret.Widen].
//
// Error: below 1.5 units of the scale, with a mean of 1.5 units of the old scale;
// widened 2^14 ≤ |x| is off by a multiple of 2^16 at a scale of 16, as it is after
// Rescale.
//
// Cost: 1 round, 4 bytes per element and server; else as Rescale.
func (x Secret) Activate(scale int) Secret {
	t := x.open()
	s := t.session
	shift := t.scale - scale
	if !s.Narrows() || shift < 1 || shift > Widest || signBits(scale) > 32 {
		return x.Rescale(scale)
	}
	return s.box(secret{v: s.engine.Narrow(t.sum(), uint(shift)), scale: scale, shape: t.shape, narrow: true})
}

// Widen returns x held mod 2^64: x itself unless it is narrow.
//
// Cost: 1 round, 8 bytes per element and server for a narrow x; if it is long, 2
// rounds, 5.4 bytes.
func (x Secret) Widen() Secret {
	t := x.open()
	if !t.narrow {
		return x
	}
	return t.session.secret(t.arith(), t.scale, t.shape)
}

// Conv2DNarrow returns the gradients of the kernels and of the offsets of a
// convolution of images x for dy, that of its result, from x and dy mod 2^32:
//
//	∂K = [Secret.Conv2DKernels], a bit above the sum of their scales,   ∂b = [Secret.SumChannels]
//
// Only these two have to fit: whatever x, dy and the terms of the sums are, the
// results are exact for |·| < 2^30 units of their scales, which it watches; see
// [Session.Alarm].
//
// Protocol: local products mod 2^32, reshared and widened; see
// docs/protocols/narrow.md.
//
// Cost: 2 rounds, 3 if they are many; at most 48 bytes in all for each element of ∂K
// and 24 for each of ∂b; at the next alarm a comparison in 32 bits for each.
func (x Secret) Conv2DNarrow(dy Secret, w Window, groups int) (dk, db Secret) {
	t := x.open()
	s, e := t.session, t.session.engine
	d, c, shape := t.kernels(dy, w, groups)
	height, width := c.Out()
	kernels := e.Reshare(e.ConvKernels(t.words(), d.words(), c))
	both := e.Concat(kernels, e.SumChannels(d.words(), c.Kernels, height*width))
	s.watchNarrow(both)
	wide, n := e.Widen(both), shape.len()
	dk = s.secret(e.Slice(wide, 0, n), t.scale+d.scale+ProductBits, shape)
	return dk, s.secret(e.Slice(wide, n, n+c.Kernels), d.scale, matrix(1, c.Kernels))
}

// mostKept is how many narrow numbers are kept for the alarm before they are
// compared.
const mostKept = 1 << 18

// watchNarrow has [Session.Alarm] report numbers outside −2^30 ≤ x < 2^30, which
// [mpc.Engine] Widen gets wrong. It keeps them, so that those of many steps are
// compared in the rounds of one.
func (s *Session) watchNarrow(x mpc.Arith) {
	s.kept = append(s.kept, s.engine.Keep(x))
	if s.keptLen += x.Len(); s.keptLen > mostKept {
		s.compareKept()
	}
}

// compareKept watches the numbers that were kept.
func (s *Session) compareKept() {
	if s.keptLen == 0 {
		return
	}
	_, outside := s.engine.NegativeWatch(s.engine.Concat(s.kept...), 32, s.keptLen)
	clear(s.kept)
	s.kept, s.keptLen = s.kept[:0], 0
	s.watch(outside)
}

// allNarrow reports whether all of them are.
func allNarrow(xs []Secret) bool {
	for _, x := range xs {
		if !x.Valid() || !x.open().narrow {
			return false
		}
	}
	return true
}

// reLU is the engine's for numbers of a scale, narrow or not.
func (s *Session) reLU(x mpc.Arith, scale, watch int, narrow bool) (y mpc.Arith, positive, outside mpc.Bits) {
	if narrow {
		return s.engine.ReLUNarrow(x, signBits(scale), watch)
	}
	return s.engine.ReLU(x, signBits(scale), watch)
}

// bitMul is the engine's, for numbers narrow or not.
func bitMul(e mpc.Engine, b mpc.Bits, x mpc.Arith, narrow bool) mpc.Arith {
	if narrow {
		return e.BitDotNarrow([]mpc.Bits{b}, []mpc.Arith{x})
	}
	return e.BitMul(b, x)
}
