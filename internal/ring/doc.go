// Package ring computes with vectors and matrices over Z_2^64 and with packed
// bits. Everything above it (protocols, layers) is written in these words.
//
// Most callers need four things: the element-wise operations ([Add], [Mul],
// [MulAdd], [Scale] …), the local step of a replicated product ([MulShare],
// [AndShare]), the matrix product ([MatMulAdd] over [Matrix] views) and the
// change between words and bit planes ([ToPlanes], [FromPlanes], [PackBits],
// [UnpackBits]).
//
// A ring element is a uint64 and arithmetic wraps: there is no overflow. A
// signed value is its two's complement, so only [ShiftRightArith] knows a sign.
//
// # Shapes
//
// Vectors of one call have equal lengths, and a destination may be the same
// slice as an input (but not overlap it partly); that of a matrix product has each
// element in a place of its own. A shape that does not fit is a
// programming mistake and panics with a [*ShapeError] that names both shapes,
// before anything is written.
//
// # Secrets
//
// No branch and no index depends on the value of an element. What remains is
// that a processor at its power limit runs slower the more bits change; the
// operands here are shares, which are uniform whatever they hide.
//
// # Levels
//
// Kernels exist in pure Go, for AVX2, for AVX-512 and for AMX ([Level]). The
// best one of the machine is taken; the environment variable TREFOIL_CPU or
// [SetLevel] forces another. All compute the same words. The build tag purego
// leaves out all assembly.
//
// # Concurrency
//
// All functions may be called concurrently on different destinations. Nothing
// is kept between calls except pooled scratch memory.
package ring
