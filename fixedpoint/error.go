package fixedpoint

import (
	"fmt"
	"math"
)

// Kind says why a number has no encoding.
type Kind int

// The kinds of a RangeError.
const (
	TooLarge Kind = iota // finite, not below the limit in magnitude
	Infinite             // +Inf or -Inf
	NaN                  // not a number
)

// String returns the kind as words that follow "is".
func (k Kind) String() string {
	switch k {
	case TooLarge:
		return "too large"
	case Infinite:
		return "infinite"
	case NaN:
		return "not a number"
	}
	return fmt.Sprintf("Kind(%d)", int(k))
}

func kindOf(v float64) Kind {
	switch {
	case math.IsNaN(v):
		return NaN
	case math.IsInf(v, 0):
		return Infinite
	}
	return TooLarge
}

// RangeError reports a number that a format cannot represent. It holds the
// place of the number and never the number itself.
type RangeError struct {
	Index        int     // place in the encoded slice, from 0
	Kind         Kind    // what is wrong with it
	Limit        float64 // magnitudes must be below
	FractionBits int     // of the format
}

// Error returns what is wrong, where, and what was wanted.
func (e *RangeError) Error() string {
	return fmt.Sprintf("fixedpoint: value %d is %s, want a magnitude below %g at %d fraction bits",
		e.Index, e.Kind, e.Limit, e.FractionBits)
}
