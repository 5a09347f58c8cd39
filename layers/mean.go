package layers

import (
	"math/bits"

	"github.com/trefoil-ml/trefoil/tensor"
)

// meanBits is how many significant bits of an odd 1/n are held.
const meanBits = 17

// over returns x/n at a scale, for |x/n| < 2^integers: with a relative error below
// 2^−17 and a rounding, and without the first where n is a power of two.
//
// Cost: one or two truncations.
func over(x tensor.Secret, n, scale, integers int) tensor.Secret {
	twos := bits.TrailingZeros(uint(n))
	x = x.Shift(twos)
	if odd := n >> twos; odd > 1 {
		more := meanBits + bits.Len(uint(odd))
		at := min(2*x.Session().FractionBits(), truncated-integers-more)
		x = x.Rescale(min(x.Scale(), at)).Times(1/float64(odd), more)
	}
	return x.Rescale(scale)
}

// truncated says below which power of two the words have to be that are truncated.
const truncated = 62

// meanIntegers bounds means of numbers in range: those of 2^14, and a bit more.
const meanIntegers = 15
