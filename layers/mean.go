package layers

import (
	"math/bits"

	"github.com/trefoil-ml/trefoil/tensor"
)

// meanBits is how many significant bits of an odd 1/n are held.
const meanBits = 17

// over returns x/n at a scale: with a relative error below 2^−17 and a rounding,
// and without the first where n is a power of two.
//
// Cost: one or two truncations.
func over(x tensor.Secret, n, scale int) tensor.Secret {
	twos := bits.TrailingZeros(uint(n))
	x = x.Shift(twos)
	if odd := n >> twos; odd > 1 {
		more := meanBits + bits.Len(uint(odd))
		x = x.Rescale(min(x.Scale(), 2*x.Session().FractionBits())).Times(1/float64(odd), more)
	}
	return x.Rescale(scale)
}
