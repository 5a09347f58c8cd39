// Package fixedpoint maps real numbers to elements of the ring Z_2^64 and back.
//
// Most programs need one Format and two calls:
//
//	f := fixedpoint.Format{FractionBits: 16}
//	x, err := f.Encode(3.25) // 3.25 * 2^16
//	v := f.Decode(x)         // 3.25
//
// With f fraction bits a real number v stands as the integer
//
//	x = round(v * 2^f)   to the nearest, ties to even,
//
// and a negative x as 2^64 - |x| (two's complement). Neighbours are 2^-f apart.
//
// # Range
//
// The ring wraps around silently, so the range is checked where a number
// enters it. The product of two encoded numbers has 2f fraction bits until it
// is truncated to f, and truncation is right for integers below 2^62 in
// magnitude. Hence every product or sum of products u·v must keep
//
//	|u·v| < 2^(62-2f),
//
// which is 2^30 at 16 fraction bits. No format can promise that for numbers
// yet to be computed; Encode refuses what is beyond it already before it is
// multiplied, |v| >= 2^(62-2f), and Format.MaxAbs makes the limit smaller or
// larger where the use of a number is known.
//
// # Error
//
// For |v| within the limit:
//
//   - encoding: |Decode(Encode(v)) - v| <= 2^-(f+1), half a unit;
//   - addition of encoded numbers is exact, the errors of the terms add;
//   - a product before truncation, u and v with half a unit of error each:
//     |error| <= (|u|+|v|) * 2^-(f+1) + 2^-(2f+2);
//   - truncation to f bits adds less than 2^-f (stochastic, mean 0) or at most
//     2^-(f+1) (exact, to the nearest); package internal/mpc states its own.
//
// Decode is exact while the integer is below 2^53 in magnitude; beyond it the
// result is the nearest float64, a relative error of at most 2^-53.
//
// The package holds no secrets and its errors carry no values: an error names
// the index and the limit only, so that it may be shown to others than the
// owner of the number.
package fixedpoint
