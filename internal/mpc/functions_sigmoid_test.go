package mpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// TestSigmoidRange has each edge of the range, and of the ring, alone among numbers in
// range: one bit at least is set if and only if it is outside.
func TestSigmoidRange(t *testing.T) {
	const scale, width, end = 16, 32, 1 << 30
	inside := []uint64{0, 1, ^uint64(0), end - 1, 1<<64 - end}
	outside := []uint64{
		end, 1<<64 - end - 1, 1 << 31, 1 << 32, 1<<32 + 5, 1<<64 - 1<<32, 1 << 61, 1<<62 - end, 1 << 62, 1<<62 + 1,
		1<<63 - 1 - end, 1<<63 - end, 1<<63 - 1, 1 << 63, 1<<63 + 1, 1<<63 + end - 1, 1<<63 + end, 3 << 62, 3<<62 - 1,
	}
	functions := map[string]func(e mpc.Engine, x mpc.Arith, scale, width int) (mpc.Arith, mpc.Bits){"sigmoid": mpc.Sigmoid, "tanh": mpc.Tanh}
	for name, f := range functions {
		flags := func(v uint64) (any uint64) {
			x := constant(65, 3)
			x[64] = v
			for _, bit := range mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, in []mpc.Arith) mpc.Arith {
				_, outside := f(p, in[0], scale, width)
				return p.ToArith(outside)
			}, x) {
				any |= bit
			}
			return any
		}
		for _, v := range inside {
			require.Zero(t, flags(v), "%s of %x", name, v)
		}
		for _, v := range outside {
			require.EqualValues(t, 1, flags(v), "%s of %x", name, v)
		}
	}
}
