package fixedpoint

import (
	"fmt"
	"math"
)

// productBits is the size in bits below which truncation is right for an
// integer in magnitude.
const productBits = 62

// Format is a fixed-point format: how many bits stand behind the binary point
// and how large a number may be. Formats may be compared with ==.
type Format struct {
	// FractionBits is f: an encoded integer x means x * 2^-f. From 0 to 61.
	FractionBits int

	// MaxAbs is the limit: numbers with |v| >= MaxAbs are refused. Zero stands
	// for 2^(62-2f), see Range in the package documentation. At most 2^(62-f).
	MaxAbs float64
}

// Limit returns the magnitude that a number must stay below: MaxAbs, or
// 2^(62-2f) where that is zero.
func (f Format) Limit() float64 {
	if f.MaxAbs != 0 {
		return f.MaxAbs
	}
	return math.Ldexp(1, productBits-2*f.FractionBits)
}

// Resolution returns 2^-f, the distance between neighbouring numbers.
func (f Format) Resolution() float64 { return math.Ldexp(1, -f.FractionBits) }

// Wide returns the format of a product of two numbers of format f before it
// is truncated: twice the fraction bits, numbers below 2^(62-2f). A number to
// be added to such a product is encoded with it. FractionBits must be at most
// 30, see Validate.
func (f Format) Wide() Format {
	bits := 2 * f.FractionBits
	return Format{FractionBits: bits, MaxAbs: math.Ldexp(1, productBits-bits)}
}

// Validate returns an error unless the fraction bits are from 0 to 61 and the
// limit is above 0 and at most 2^(62-f). Encode and EncodeAll call it.
func (f Format) Validate() error {
	if f.FractionBits < 0 || f.FractionBits >= productBits {
		return fmt.Errorf("fixedpoint: got %d fraction bits, want 0 to %d", f.FractionBits, productBits-1)
	}
	largest := math.Ldexp(1, productBits-f.FractionBits)
	if limit := f.Limit(); !(limit > 0 && limit <= largest) {
		return fmt.Errorf("fixedpoint: got a limit of %g, want above 0 and at most %g at %d fraction bits",
			limit, largest, f.FractionBits)
	}
	return nil
}

// Encode returns round(v * 2^f) mod 2^64, to the nearest with ties to even. It
// returns a *RangeError with index 0 if v is NaN, infinite or not below the
// limit in magnitude.
func (f Format) Encode(v float64) (uint64, error) {
	var x [1]uint64
	err := f.EncodeAll(x[:], []float64{v})
	return x[0], err
}

// EncodeAll sets dst[i] to the encoding of v[i]. At the first number that has
// none it stops and returns a *RangeError with its index; dst is then written
// in part. It panics if the lengths differ.
func (f Format) EncodeAll(dst []uint64, v []float64) error {
	sameLength(len(dst), len(v))
	if err := f.Validate(); err != nil {
		return err
	}
	limit, scale := f.Limit(), math.Ldexp(1, f.FractionBits)
	for i, value := range v {
		if !(math.Abs(value) < limit) { // so written that NaN is caught too
			return &RangeError{Index: i, Kind: kindOf(value), Limit: limit, FractionBits: f.FractionBits}
		}
		dst[i] = uint64(int64(math.RoundToEven(value * scale)))
	}
	return nil
}

// Decode returns the number that x stands for, x * 2^-f with x read as a
// signed integer. It is exact for integers below 2^53 in magnitude.
func (f Format) Decode(x uint64) float64 {
	return math.Ldexp(float64(int64(x)), -f.FractionBits)
}

// DecodeAll sets dst[i] to Decode(x[i]). It panics if the lengths differ.
func (f Format) DecodeAll(dst []float64, x []uint64) {
	sameLength(len(dst), len(x))
	resolution := f.Resolution()
	for i, word := range x {
		dst[i] = float64(int64(word)) * resolution
	}
}

func sameLength(dst, src int) {
	if dst != src {
		panic(fmt.Sprintf("fixedpoint: got %d numbers for a destination of %d, want equal lengths", src, dst))
	}
}
