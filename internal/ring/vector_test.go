package ring

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// words returns n words drawn from a public seed, edge values among them.
func words(rng *rand.Rand, n int) []uint64 {
	edges := []uint64{0, 1, 1<<32 - 1, 1 << 32, 1<<63 - 1, 1 << 63, 1<<64 - 1}
	x := make([]uint64, n)
	for i := range x {
		x[i] = rng.Uint64()
		if rng.IntN(8) == 0 {
			x[i] = edges[rng.IntN(len(edges))]
		}
	}
	return x
}

func newRand(seed int) *rand.Rand { return rand.New(rand.NewPCG(uint64(seed), 1)) }

// guarded returns a slice of n words with known words on either side, and a
// function that fails the test if one of them has changed.
func guarded(t testing.TB, content []uint64) (x []uint64, intact func()) {
	const guard, word = 16, 0xdead_beef_0bad_cafe
	buf := make([]uint64, len(content)+2*guard)
	for i := range buf {
		buf[i] = word
	}
	x = buf[guard : guard+len(content) : guard+len(content)]
	copy(x, content)
	return x, func() {
		t.Helper()
		for i := range guard {
			require.Equal(t, uint64(word), buf[i], "guard word %d before the slice", i)
			require.Equal(t, uint64(word), buf[len(buf)-1-i], "guard word %d after the slice", i)
		}
	}
}

// A vectorOp is an element-wise function and its meaning, one element at a time:
// d is the old destination, x and y the inputs, c the scalar or shift.
type vectorOp struct {
	name string
	run  func(dst, x, y []uint64, c uint64)
	want func(d, x, y, c uint64) uint64
}

var vectorOps = []vectorOp{
	{"Add", func(d, x, y []uint64, _ uint64) { Add(d, x, y) }, func(_, x, y, _ uint64) uint64 { return x + y }},
	{"Sub", func(d, x, y []uint64, _ uint64) { Sub(d, x, y) }, func(_, x, y, _ uint64) uint64 { return x - y }},
	{"Mul", func(d, x, y []uint64, _ uint64) { Mul(d, x, y) }, func(_, x, y, _ uint64) uint64 { return x * y }},
	{"SubAdd", func(d, x, y []uint64, c uint64) { SubAdd(d, x, y, constants(len(d), c)) }, func(_, x, y, c uint64) uint64 { return x - y + c }},
	{"TwiceAdd", func(d, x, y []uint64, _ uint64) { TwiceAdd(d, x, y) }, func(_, x, y, _ uint64) uint64 { return 2*x + y }},
	{"MulAdd", func(d, x, y []uint64, _ uint64) { MulAdd(d, x, y) }, func(d, x, y, _ uint64) uint64 { return d + x*y }},
	{"And", func(d, x, y []uint64, _ uint64) { And(d, x, y) }, func(_, x, y, _ uint64) uint64 { return x & y }},
	{"Or", func(d, x, y []uint64, _ uint64) { Or(d, x, y) }, func(_, x, y, _ uint64) uint64 { return x | y }},
	{"Xor", func(d, x, y []uint64, _ uint64) { Xor(d, x, y) }, func(_, x, y, _ uint64) uint64 { return x ^ y }},
	{"Neg", func(d, x, _ []uint64, _ uint64) { Neg(d, x) }, func(_, x, _, _ uint64) uint64 { return -x }},
	{"Not", func(d, x, _ []uint64, _ uint64) { Not(d, x) }, func(_, x, _, _ uint64) uint64 { return ^x }},
	{"AddScalar", func(d, x, _ []uint64, c uint64) { AddScalar(d, x, c) }, func(_, x, _, c uint64) uint64 { return x + c }},
	{"Scale", func(d, x, _ []uint64, c uint64) { Scale(d, x, c) }, func(_, x, _, c uint64) uint64 { return c * x }},
	{"ScaleAdd", func(d, x, _ []uint64, c uint64) { ScaleAdd(d, x, c) }, func(d, x, _, c uint64) uint64 { return d + c*x }},
	{"ShiftLeft", func(d, x, _ []uint64, c uint64) { ShiftLeft(d, x, uint(c%80)) }, func(_, x, _, c uint64) uint64 { return x << (c % 80) }},
	{"ShiftLeftAdd", func(d, x, y []uint64, c uint64) { ShiftLeftAdd(d, x, y, uint(c%80)) }, func(_, x, y, c uint64) uint64 { return x<<(c%80) + y }},
	{"NegUnless", func(d, x, y []uint64, _ uint64) { NegUnless(d, x, lowBits(y)) }, func(_, x, y, _ uint64) uint64 { return x * (2*(y&1) - 1) }},
	{"SubWhere", func(d, x, y []uint64, _ uint64) { SubWhere(d, x, y, lowBits(x)) }, func(_, x, y, _ uint64) uint64 { return x + (x&1)*(y-2*x) }},
	{"ShiftRight", func(d, x, _ []uint64, c uint64) { ShiftRight(d, x, uint(c%80)) }, func(_, x, _, c uint64) uint64 { return x >> (c % 80) }},
	{"ShiftRightArith", func(d, x, _ []uint64, c uint64) { ShiftRightArith(d, x, uint(c%80)) }, func(_, x, _, c uint64) uint64 { return uint64(int64(x) >> (c % 80)) }},
}

// constants returns n times c.
func constants(n int, c uint64) []uint64 { return slices.Repeat([]uint64{c}, n) }

// lowBits returns the last bit of each element.
func lowBits(x []uint64) []uint64 {
	bits := make([]uint64, len(x))
	for i, v := range x {
		bits[i] = v & 1
	}
	return bits
}

func TestVectorOps(t *testing.T) { eachLevel(t, testVectorOps) }

func testVectorOps(t *testing.T) {
	for _, op := range vectorOps {
		t.Run(op.name, func(t *testing.T) {
			for n := range 66 {
				rng := newRand(n)
				x, y, c := words(rng, n), words(rng, n), rng.Uint64()
				dst, intact := guarded(t, words(rng, n))
				want := make([]uint64, n)
				for i := range want {
					want[i] = op.want(dst[i], x[i], y[i], c)
				}
				op.run(dst, x, y, c)
				require.Equal(t, want, dst, "length %d", n)
				intact()
			}
		})
	}
}

func TestVectorOpsInPlace(t *testing.T) { eachLevel(t, testVectorOpsInPlace) }

func testVectorOpsInPlace(t *testing.T) {
	for _, op := range vectorOps {
		t.Run(op.name, func(t *testing.T) {
			for n := range 66 {
				rng := newRand(n)
				x, y, c := words(rng, n), words(rng, n), rng.Uint64()
				ontoX, ontoY := make([]uint64, n), make([]uint64, n)
				for i := range x {
					ontoX[i] = op.want(x[i], x[i], y[i], c)
					ontoY[i] = op.want(y[i], x[i], y[i], c)
				}
				gotX, gotY := append([]uint64{}, x...), append([]uint64{}, y...)
				op.run(gotX, gotX, y, c)
				op.run(gotY, x, gotY, c)
				require.Equal(t, ontoX, gotX, "dst is x, length %d", n)
				require.Equal(t, ontoY, gotY, "dst is y, length %d", n)
			}
		})
	}
}

func TestThreeInputsOntoTheLast(t *testing.T) { eachLevel(t, testThreeInputsOntoTheLast) }

func testThreeInputsOntoTheLast(t *testing.T) {
	for n := range 66 {
		rng := newRand(n)
		x, y, z := words(rng, n), words(rng, n), words(rng, n)
		sum, chosen := slices.Clone(z), lowBits(z)
		SubAdd(sum, x, y, sum)
		SubWhere(chosen, x, y, chosen)
		for i := range n {
			require.Equal(t, x[i]-y[i]+z[i], sum[i], "SubAdd, element %d of %d", i, n)
			require.Equal(t, x[i]+(z[i]&1)*(y[i]-2*x[i]), chosen[i], "SubWhere, element %d of %d", i, n)
		}
	}
}

func TestShares(t *testing.T) { eachLevel(t, testShares) }

func testShares(t *testing.T) {
	for n := range 66 {
		rng := newRand(n)
		x0, x1, y0, y1, z := words(rng, n), words(rng, n), words(rng, n), words(rng, n), words(rng, n)
		mul, mulIntact := guarded(t, z)
		and, andIntact := guarded(t, z)
		MulShare(mul, x0, x1, y0, y1)
		AndShare(and, x0, x1, y0, y1)
		for i := range z {
			require.Equal(t, z[i]+x0[i]*(y0[i]+y1[i])+x1[i]*y0[i], mul[i], "MulShare, element %d of %d", i, n)
			require.Equal(t, z[i]^x0[i]&(y0[i]^y1[i])^x1[i]&y0[i], and[i], "AndShare, element %d of %d", i, n)
		}
		mulIntact()
		andIntact()
	}
}

func TestSumAndDot(t *testing.T) { eachLevel(t, testSumAndDot) }

func testSumAndDot(t *testing.T) {
	for n := range 66 {
		rng := newRand(n)
		x, y := words(rng, n), words(rng, n)
		var sum, dot uint64
		for i := range x {
			sum += x[i]
			dot += x[i] * y[i]
		}
		require.Equal(t, sum, Sum(x), "length %d", n)
		require.Equal(t, dot, Dot(x, y), "length %d", n)
	}
}

func TestUnequalLengthsPanic(t *testing.T) {
	for _, op := range vectorOps {
		err := shapePanic(t, func() { op.run(make([]uint64, 3), make([]uint64, 4), make([]uint64, 3), 1) })
		require.Equal(t, "ring: "+op.name+": got len(x) = 4, want 3 as in dst", err.Error())
	}
	shapePanic(t, func() { Add(make([]uint64, 3), make([]uint64, 3), make([]uint64, 2)) })
	shapePanic(t, func() { SubAdd(make([]uint64, 3), make([]uint64, 3), make([]uint64, 3), make([]uint64, 2)) })
	shapePanic(t, func() { SubWhere(make([]uint64, 3), make([]uint64, 3), make([]uint64, 3), make([]uint64, 2)) })
	shapePanic(t, func() { Dot(make([]uint64, 3), make([]uint64, 2)) })
	shapePanic(t, func() { MulShare(nil, nil, nil, nil, make([]uint64, 1)) })
	shapePanic(t, func() { AndShare(nil, nil, make([]uint64, 1), nil, nil) })
}

// shapePanic runs f and returns the *ShapeError it must panic with.
func shapePanic(t testing.TB, f func()) (err *ShapeError) {
	t.Helper()
	defer func() {
		t.Helper()
		got := recover()
		require.IsType(t, err, got)
		err = got.(*ShapeError)
	}()
	f()
	return nil
}
