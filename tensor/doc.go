// Package tensor computes with public and with secret-shared tensors.
//
// [Dense] holds public float64 numbers. [Secret] holds fixed-point numbers that
// are shared among three servers (or, on the cleartext engine, kept in one
// place): it has a shape, a scale (its number of fraction bits) and the usual
// operators, and prints as [secret]. [SecretBits] is what comparisons give.
//
//	z := x.MatMul(w).Rescale(s.FractionBits()) // one fused truncation
//	positive := z.Negative().Not()             // still secret
//
// All operations of a [Session] run in the same order on all three servers.
// Misuse (shapes, scales, another session) ends the session with an error that
// names the step.
//
// Scale: a number v is held as the integer v·2^scale mod 2^64. A product of
// tensors has the sum of their scales, one of matrices or images a bit more;
// [Secret.Rescale] brings it back, and is the only operation that rounds. Values
// must stay below 2^62 as integers wherever they are rescaled, see [Session.Range].
//
// Products are lazy: MatMul and Mul leave each server with a summand, for free;
// Rescale truncates it in two rounds, and any other use first reshares it in
// one. A truncation of 4096 numbers or more takes a round more and fewer bytes, or
// what is quicker over the link that a session knows; Cost lines that count one
// among other things are of shorter vectors.
package tensor
