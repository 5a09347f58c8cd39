package mpc_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"github.com/trefoil-ml/trefoil/internal/ring"
	"pgregory.net/rapid"
)

// matrix reads an operand's element.
func at(x []uint64, o mpc.Operand, i, j int) uint64 {
	if o.Transposed {
		i, j = j, i
	}
	return x[i*o.Cols+j]
}

// drawOperand draws how a rows×cols matrix is stored.
func drawOperand(t *rapid.T, label string, rows, cols int) mpc.Operand {
	if rapid.Bool().Draw(t, label) {
		return mpc.Operand{Rows: cols, Cols: rows}.T()
	}
	return mpc.Operand{Rows: rows, Cols: cols}
}

func TestMatMul(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([]int{1, 2, 3, 7, 8, 9, 17})
		if rapid.Bool().Draw(t, "large") {
			size = rapid.SampledFrom([]int{16, 31, 32, 40})
		}
		m, k, n := size.Draw(t, "m"), size.Draw(t, "k"), size.Draw(t, "n")
		xs, ys := drawOperand(t, "x transposed", m, k), drawOperand(t, "y transposed", k, n)
		x, y := drawPlain(t, m*k, 64).x, drawPlain(t, k*n, 64).y
		got := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, v []mpc.Arith) mpc.Arith {
			return p.Reshare(p.MatMul(v[0], xs, v[1], ys))
		}, x, y)
		want := make([]uint64, m*n)
		for i := range m {
			for j := range n {
				for l := range k {
					want[i*n+j] += at(x, xs, i, l) * at(y, ys, l, j) << mpc.ProductBits(m, n)
				}
			}
		}
		require.Equal(t, want, got)
	})
}

func TestShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(1, 9).Draw(t, "rows"), rapid.IntRange(1, 9).Draw(t, "cols")
		n := rows * cols
		lo := rapid.IntRange(0, n).Draw(t, "lo")
		hi := rapid.IntRange(lo, n).Draw(t, "hi")
		index := rapid.SliceOfN(rapid.IntRange(0, rows-1), 0, 12).Draw(t, "index")
		x := drawPlain(t, n, 64).x
		got := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, v []mpc.Arith) mpc.Arith {
			useAndEnd(p)
			z := p.AsProduct(v[0])
			return p.Concat(
				p.Slice(v[0], lo, hi),
				p.Transpose(v[0], rows, cols),
				p.Repeat(v[0], 3),
				p.SumRows(v[0], rows, cols),
				p.Gather(v[0], cols, index),
				p.Reshare(p.ConcatProducts(p.SliceProduct(z, lo, hi), z)),
			)
		}, x)
		require.Equal(t, slices.Concat(
			x[lo:hi], transposed(x, rows, cols), x, x, x, sumRows(x, cols), gathered(x, cols, index), x[lo:hi], x,
		), got)
	})
}

// useAndEnd begins a scope whose memory has served another.
func useAndEnd(p *mpc.Party) {
	p.Begin()
	p.Public(constant(10_000, ^uint64(0)))
	p.End()
	p.Begin()
}

func transposed(x []uint64, rows, cols int) []uint64 {
	var z []uint64
	for j := range cols {
		for i := range rows {
			z = append(z, x[i*cols+j])
		}
	}
	return z
}

func sumRows(x []uint64, cols int) []uint64 {
	z := make([]uint64, cols)
	for i, v := range x {
		z[i%cols] += v
	}
	return z
}

func gathered(x []uint64, cols int, index []int) []uint64 {
	var z []uint64
	for _, r := range index {
		z = append(z, x[r*cols:(r+1)*cols]...)
	}
	return z
}

// TestSlicesOfBits cuts and joins bits at any place, and computes with the
// pieces: what is past a piece in its last word must not matter.
func TestSlicesOfBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "n")
		lo := rapid.IntRange(0, n).Draw(t, "lo")
		hi := rapid.IntRange(lo, n).Draw(t, "hi")
		in := drawPlain(t, n, 64)
		s := secrets{n: n, x: share(in.x, sub), y: share(in.y, sub), b: share(in.b, xor), c: share(in.c, xor)}
		var out [3][]uint64
		mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
			v := s.take(p)
			useAndEnd(p)
			b, c := p.SliceBits(v.b, lo, hi), p.SliceBits(v.c, lo, hi)
			z := p.ConcatBits(p.And(b, c), v.b, p.Not(b), p.Xor(b, c))
			out[p.Server()] = p.Reveal(p.ToArith(z), mpctest.Permit())
			return nil
		})
		b, c := unpack(in.b, n), unpack(in.c, n)
		var and, not, xor []uint64
		for i := lo; i < hi; i++ {
			and, not, xor = append(and, b[i]&c[i]), append(not, 1-b[i]), append(xor, b[i]^c[i])
		}
		require.True(t, slices.Equal(slices.Concat(and, b, not, xor), out[0]))
	})
}

// TestAny sets none, one, some or all of the bits.
func TestAny(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5, 31, 33, 62, 63, 64, 65, 127, 128, 129, 191, 1000, mpc.Chunk + 1} {
		words := (n + 63) / 64
		for _, set := range [][]int{{}, {0}, {n - 1}, {n / 2}, {n / 3, n - 1}} {
			bits := make([]uint64, words)
			for _, i := range set {
				bits[i/64] |= 1 << (i % 64)
			}
			if n%64 != 0 { // what is past the last bit must not matter
				bits[words-1] |= ^uint64(0) << (n % 64)
			}
			shared := share(bits, xor)
			var got []uint64
			mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
				useAndEnd(p)
				z := p.Reveal(p.ToArith(p.Any(p.InputBitComponents(shared, n))), mpctest.Permit())
				if p.Server() == 0 {
					got = z
				}
				return nil
			})
			want := []uint64{min(uint64(len(set)), 1)}
			require.Equal(t, want, got, "%d bits, of which %v are set", n, set)
		}
	}
}

func unpack(b []uint64, n int) []uint64 {
	x := make([]uint64, n)
	for i := range x {
		x[i] = b[i/64] >> (i % 64) & 1
	}
	return x
}

// Each server's summands are one product of the factors of docs/protocols/multiplication.md,
// and of a column the two products of Mul.
func TestMatMulSummands(t *testing.T) {
	const m, k = 3, 5
	for _, n := range []int{1, 4} {
		var x, y [3][]uint64
		for i := range 3 {
			x[i], y[i] = randomWords(m*k), randomWords(k*n)
		}
		sums := func(a uint64, x []uint64, b uint64, y []uint64) []uint64 {
			z := make([]uint64, len(x))
			for i := range z {
				z[i] = a*x[i] + b*y[i]
			}
			return z
		}
		product := func(x, y []uint64) []uint64 {
			z := make([]uint64, m*n)
			ring.MatMulAdd(ring.Dense(z, m, n), ring.Dense(x, m, k), ring.Dense(y, k, n))
			return z
		}
		const two, minus, minusTwo = uint64(2), ^uint64(0), ^uint64(1)
		want := [3][]uint64{
			sums(minusTwo, product(sums(1, x[0], minus, x[1]), sums(1, y[0], minus, y[1])), 0, make([]uint64, m*n)),
			product(sums(two, x[1], 1, x[2]), sums(two, y[1], 1, y[2])),
			product(sums(1, x[2], two, x[0]), sums(1, y[2], two, y[0])),
		}
		if n == 1 {
			for i := range want {
				next := (i + 1) % 3
				want[i] = sums(1, product(x[i], sums(1, y[i], 1, y[next])), 1, product(x[next], y[i]))
			}
		}
		mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
			z := p.MatMul(p.InputComponents(x), mpc.Operand{Rows: m, Cols: k}, p.InputComponents(y), mpc.Operand{Rows: k, Cols: n})
			require.Equal(t, want[p.Server()], mpc.Summands(p, z), "server %d, %d columns", p.Server(), n)
			return nil
		})
	}
}
