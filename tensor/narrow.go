package tensor

import "github.com/trefoil-ml/trefoil/internal/mpc"

// Activate returns x at a smaller scale, as [Secret.Rescale] does, for numbers
// |x| < [Session.Range] of which the sign will be taken: what a layer passes on to
// a ReLU or a maximum, or takes back from one. Where the session rounds at random
// it is cheaper. The result is then narrow, held mod 2^32: ReLU, maxima, bits
// times values, Slice, Reshape and Windows keep it so, at half the bytes, and any
// other operation widens it first (1 round, 8 bytes per element and server).
//
// Error: below 1.5 units of the scale, unbiased; widened 2^14 ≤ |x| is off by a
// multiple of 2^16, as it is after Rescale.
//
// Cost: 1 round, 4 bytes per element and server; else as Rescale.
func (x Secret) Activate(scale int) Secret {
	t := x.open()
	s := t.session
	shift := t.scale - scale
	if !t.lazy() || s.engine.Rounding() == mpc.Exact || shift < 1 || shift > 32 || signBits(scale) > 32 {
		return x.Rescale(scale)
	}
	return s.box(secret{v: s.engine.Narrow(t.z, uint(shift)), scale: scale, shape: t.shape, narrow: true})
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
