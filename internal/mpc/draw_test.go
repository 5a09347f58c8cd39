package mpc_test

import (
	"math/rand/v2"

	"pgregory.net/rapid"
)

// drawPlain draws the values of operands of length n below 2^bits in magnitude:
// those of a drawn seed, among them edge values, and a drawn few.
func drawPlain(t *rapid.T, n, bits int) plain {
	seed := rapid.Uint64().Draw(t, "seed")
	in := somePlain(rand.New(rand.NewPCG(seed, 0)), n, bits)
	value := rapid.SampledFrom(edges(bits))
	in.x[0], in.y[n-1] = value.Draw(t, "first x"), value.Draw(t, "last y")
	return in
}

func somePlain(r *rand.Rand, n, bits int) plain {
	words := (n + 63) / 64
	return plain{someVector(r, n, bits), someVector(r, n, bits), someBits(r, words), someBits(r, words)}
}

// someVector returns n values, one in three an edge, the others of all sizes.
func someVector(r *rand.Rand, n, bits int) []uint64 {
	x, e := make([]uint64, n), edges(bits)
	for i := range x {
		x[i] = uint64(int64(r.Uint64()) >> (63 - min(r.IntN(bits+1), 63)))
		switch {
		case bits == 64 && i%2 == 0:
			x[i] = r.Uint64()
		case r.IntN(3) == 0:
			x[i] = e[r.IntN(len(e))]
		}
	}
	return x
}

func someBits(r *rand.Rand, words int) []uint64 {
	b := make([]uint64, words)
	for i := range b {
		b[i] = []uint64{0, ^uint64(0), r.Uint64(), r.Uint64()}[r.IntN(4)]
	}
	return b
}

// edges are 0, ±1, ±2^k, ±(2^k ± 1) below 2^bits in magnitude, and ±(2^bits − 1),
// the largest; for 64 bits also 2^63.
func edges(bits int) []uint64 {
	e := []uint64{0, 1<<bits - 1, 1 - 1<<bits}
	if bits == 64 {
		e = []uint64{0, 1 << 63, 1<<63 - 1, ^uint64(0)}
	}
	for k := range min(bits, 63) {
		v := uint64(1) << k
		e = append(e, v, -v, v-1, 1-v)
		if k > 1 {
			e = append(e, v+1, -v-1)
		}
	}
	return e
}
