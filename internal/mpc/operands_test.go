package mpc_test

import (
	"math/rand/v2"

	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// components are x_0, x_1 and x_2 of a vector, or of packed bits.
type components [3][]uint64

// secrets are what operands are made of: the values and two random components
// of each.
type secrets struct {
	n          int
	x, y, b, c components
}

// randomOperands returns secrets of n elements below 2^20 in magnitude, so that
// they, and products of two, are in the range of every protocol but the
// narrowest comparisons.
func randomOperands(n int) secrets {
	x, y := make([]uint64, n), make([]uint64, n)
	for i := range n {
		x[i], y[i] = uint64(int64(rand.Uint64())>>43), uint64(int64(rand.Uint64())>>43)
	}
	words := (n + 63) / 64
	return secrets{
		n: n,
		x: share(x, sub), y: share(y, sub),
		b: share(randomWords(words), xor), c: share(randomWords(words), xor),
	}
}

// take brings the secrets into a session, without a message.
func (s secrets) take(p *mpc.Party) operands {
	return operands{
		x: p.InputComponents(s.x), y: p.InputComponents(s.y),
		b: p.InputBitComponents(s.b, s.n), c: p.InputBitComponents(s.c, s.n),
	}
}

// share cuts v into three components, two of them random.
func share(v []uint64, minus func(a, b uint64) uint64) components {
	c := components{randomWords(len(v)), randomWords(len(v)), make([]uint64, len(v))}
	c.complete(2, v, minus)
	return c
}

// complete sets component i to what makes the sharing one of v.
func (c *components) complete(i int, v []uint64, minus func(a, b uint64) uint64) {
	c[i] = make([]uint64, len(v))
	for k := range v {
		c[i][k] = minus(minus(v[k], c[(i+1)%3][k]), c[(i+2)%3][k])
	}
}

func sub(a, b uint64) uint64 { return a - b }
func xor(a, b uint64) uint64 { return a ^ b }

func randomWords(n int) []uint64 {
	x := make([]uint64, n)
	for i := range x {
		x[i] = rand.Uint64()
	}
	return x
}
