package mpc_test

import (
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"github.com/trefoil-ml/trefoil/internal/transport"
)

// longestConn notes the words of the longest message.
type longestConn struct {
	transport.Conn
	words *atomic.Int64
}

func (c longestConn) Send(to int, tag transport.Tag, words []uint64) error {
	for {
		old := c.words.Load()
		if int64(len(words)) <= old || c.words.CompareAndSwap(old, int64(len(words))) {
			return c.Conn.Send(to, tag, words)
		}
	}
}

// runLong runs a program and returns how many words its longest message had.
func runLong(t *testing.T, program func(p *mpc.Party)) int {
	var longest atomic.Int64
	wrap := func(c transport.Conn) transport.Conn { return longestConn{c, &longest} }
	r := mpctest.Setup{Wrap: wrap}.Run(t, func(p *mpc.Party) error {
		program(p)
		return nil
	})
	for _, err := range r.Errs {
		require.NoError(t, err)
	}
	return int(longest.Load())
}

// TestLongVectorsAreCut sends no message longer than a chunk, so that sending,
// receiving and arithmetic of a long vector overlap.
func TestLongVectorsAreCut(t *testing.T) {
	const n = 2*mpc.Chunk + 65
	x, y := randomWords(n), randomWords(n)
	in := mpctest.Shares(t, x, y)
	for name, f := range map[string]func(p *mpc.Party, v []mpc.Arith){
		"Reshare": func(p *mpc.Party, v []mpc.Arith) { p.Reshare(p.Mul(v[0], v[1])) },
		"Reveal":  func(p *mpc.Party, v []mpc.Arith) { require.Equal(t, x, p.Reveal(v[0], mpctest.Permit())) },
		"RevealTo": func(p *mpc.Party, v []mpc.Arith) {
			if got := p.RevealTo(1, v[0], mpctest.Permit()); p.Server() == 1 {
				require.Equal(t, x, got)
			} else {
				require.Nil(t, got)
			}
		},
		"Deliver": func(p *mpc.Party, v []mpc.Arith) { p.Deliver(v[0], mpctest.OwnerPermit()) },
	} {
		require.Equal(t, mpc.Chunk, runLong(t, func(p *mpc.Party) { f(p, in.Input(p)) }), name)
	}
	wide := mpctest.Shares(t, randomWords(mpc.WideWords*n))
	require.Equal(t, mpc.WideWords*mpc.Chunk, runLong(t, func(p *mpc.Party) {
		p.DeliverWide(wide.Input(p)[0], mpctest.OwnerPermit())
	}), "DeliverWide")
}

func TestLongDeliveries(t *testing.T) {
	x := randomWords(mpc.WideWords * (mpc.Chunk + 5))
	got, err := mpc.Combine(deliver(t, mpctest.Shares(t, x))...)
	require.NoError(t, err)
	require.Equal(t, x, got)
}

// TestLongBits is And and Any over more words than a chunk. The bits are the
// signs of numbers.
func TestLongBits(t *testing.T) {
	const words = 2*mpc.Chunk + 1
	x, y := randomWords(1000), randomWords(1000)
	in := mpctest.Shares(t, x, y)
	var got [3][]uint64
	times := 64 * words / len(x)
	longest := runLong(t, func(p *mpc.Party) {
		v := in.Input(p)
		repeated := func(b mpc.Bits) mpc.Bits { return p.ConcatBits(slices.Repeat([]mpc.Bits{b}, times)...) }
		a, b := p.Negative(v[0], 64), p.Negative(v[1], 64)
		ab := p.And(repeated(a), repeated(b))
		last := p.SliceBits(ab, (times-1)*len(x), times*len(x))
		none := p.And(ab, p.Not(ab))
		one := p.ConcatBits(none, p.SliceBits(p.Not(p.And(none, none)), 0, 1))
		got[p.Server()] = p.Reveal(p.ToArith(p.ConcatBits(last, p.Any(none), p.Any(one))), mpctest.Permit())
	})
	require.Equal(t, mpc.Chunk, longest)
	want := make([]uint64, len(x), len(x)+2)
	for i := range x {
		want[i] = x[i] >> 63 & (y[i] >> 63)
	}
	require.Equal(t, append(want, 0, 1), got[0])
	for _, n := range []int{64 * mpc.Chunk, 64*mpc.Chunk + 1, 64 * words} {
		for _, r := range protocols() {
			if name := r.method(); name == "And" || name == "Any" {
				require.Equal(t, r.cost(mpc.Costs{}, n), mpctest.Spent(r.session(t, n, nil)), "%s of %d", name, n)
			}
		}
	}
}

// TestConvOfManyImages cuts a batch into parts for several cores.
func TestConvOfManyImages(t *testing.T) {
	c := mpc.Conv{Batch: 100, Channels: 2, Height: 12, Width: 12, Kernels: 4, Groups: 2, KernelH: 5, KernelW: 5, StrideH: 1, StrideW: 1, PadH: 2, PadW: 2}
	x, k, dy := randomWords(100*2*144), randomWords(4*25), randomWords(100*4*144)
	got := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, v []mpc.Arith) mpc.Arith {
		useAndEnd(p)
		return p.Reshare(p.ConcatProducts(p.Conv(v[0], v[1], mpc.Arith{}, c), p.ConvKernels(v[0], v[2], c), p.ConvImages(v[1], v[2], c)))
	}, x, k, dy)
	want := make([]uint64, len(dy)+len(k)+len(x))
	y, dk, dx := want[:len(dy)], want[len(dy):][:len(k)], want[len(dy)+len(k):]
	eachProduct(c, func(image, kernel, out int) {
		y[out] += 2 * x[image] * k[kernel]
		dk[kernel] += 2 * x[image] * dy[out]
		dx[image] += 2 * k[kernel] * dy[out]
	})
	require.Equal(t, want, got)
}

// TestLongMul multiplies more elements than a core takes at a time.
func TestLongMul(t *testing.T) {
	x, y := randomWords(1<<17+3), randomWords(1<<17+3)
	want := make([]uint64, len(x))
	for i := range x {
		want[i] = x[i] * y[i]
	}
	require.Equal(t, want, mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, v []mpc.Arith) mpc.Arith {
		useAndEnd(p)
		return p.Reshare(p.Mul(v[0], v[1]))
	}, x, y))
}
