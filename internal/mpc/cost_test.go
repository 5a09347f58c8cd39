package mpc_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// TestCostIsAsDeclared compares the price of every protocol with what it sends,
// for vectors shorter and longer than a word of bits and a chunk.
func TestCostIsAsDeclared(t *testing.T) {
	lengths := []int{1, 2, 3, 5, 63, 64, 65, 129, 1000, mpc.Chunk, mpc.Chunk + 1, 2*mpc.Chunk + 65}
	for _, r := range protocols() {
		t.Run(r.name, func(t *testing.T) {
			for _, n := range lengths {
				want := r.cost(mpc.Costs{Options: r.opts}, n)
				got := mpctest.Spent(r.session(t, n, nil))
				require.Equal(t, want, got, "%d elements: declared and sent", n)
			}
		})
	}
}

// TestCostOfTheText checks the figures that the documents state.
func TestCostOfTheText(t *testing.T) {
	const n = 1024
	k, two, exact := mpc.Costs{}, mpc.Costs{Options: truncForms[1].opts}, mpc.Costs{Options: truncForms[2].opts}
	bits := func(rounds, perElement int) mpc.Cost {
		return mpc.Cost{Rounds: rounds, Bytes: n / 8 * int64(perElement)}
	}
	for name, c := range map[string]struct{ want, got mpc.Cost }{
		"negative 64":         {bits(6, 373), k.Negative(n, 64)},
		"negative 32":         {bits(5, 176), k.Negative(n, 32)},
		"64 by single bits":   {bits(8, 544), mpc.Costs{Options: singleBits}.Negative(n, 64)},
		"64 by digits of 2":   {bits(6, 487), mpc.Costs{Options: k.Options.WithLeaf(mpc.Digits(2, true))}.Negative(n, 64)},
		"32 by digits of 2":   {bits(5, 234), mpc.Costs{Options: k.Options.WithLeaf(mpc.Digits(2, true))}.Negative(n, 32)},
		"24 by digits of 3":   {bits(5, 116), k.Negative(n, 24)},
		"64 by digits of 4":   {bits(5, 606), mpc.Costs{Options: k.Options.WithLeaf(mpc.Digits(4, true))}.Negative(n, 64)},
		"64 by digits of 8":   {bits(4, 3889), mpc.Costs{Options: k.Options.WithLeaf(mpc.Digits(8, true))}.Negative(n, 64)},
		"32 by single bits":   {bits(7, 259), mpc.Costs{Options: singleBits}.Negative(n, 32)},
		"32 by digits of 4":   {bits(4, 289), mpc.Costs{Options: k.Options.WithLeaf(mpc.Digits(4, true))}.Negative(n, 32)},
		"32 by digits of 8":   {bits(3, 1812), mpc.Costs{Options: k.Options.WithLeaf(mpc.Digits(8, true))}.Negative(n, 32)},
		"truncation by 16":    {bits(1, 64+4*16), k.Trunc(n, 16)},
		"in two rounds":       {bits(2, 65+2*16), two.Trunc(n, 16)},
		"product by 16":       {bits(2, 128+64+4*16), k.TruncProduct(n, 16)},
		"in three rounds":     {bits(3, 128+65+2*16), two.TruncProduct(n, 16)},
		"widened":             {bits(1, 192), k.Widen(n)},
		"widened, two rounds": {bits(2, 129), two.Widen(n)},
		"exact by 16":         {bits(8, 16+2*16+3*26+192+64+4*16), exact.Trunc(n, 16)},
		"bit to ring":         {bits(2, 192), k.ToArith(n)},
		"bit times value":     {bits(2, 256), k.BitMul(n)},
		"bit to ring, once":   {bits(1, 256), mpc.Costs{Options: farAway}.ToArith(n)},
		"bit × value, once":   {bits(1, 384), mpc.Costs{Options: farAway}.BitMul(n)},
		"three, once":         {bits(1, 3*256+128), mpc.Costs{Options: farAway}.BitDot(n, 3)},
		"three bits × values": {bits(2, 3*128+128), k.BitDot(n, 3)},
		"any":                 {mpc.Cost{Rounds: 10, Bytes: 3 * 8 * (15 + 6)}, k.Any(n)},
	} {
		require.Equal(t, c.want, c.got, name)
	}
}

// TestPriceOfAProgram checks Then, Beside and Times against a program.
func TestPriceOfAProgram(t *testing.T) {
	const n = 200
	k := mpc.Costs{}
	relu := k.Negative(n, 32).Then(k.BitMul(n))
	require.Equal(t, relu.Then(relu), relu.Times(2))
	got := mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
		in := randomOperands(n).take(p)
		p.Par(
			func(p *mpc.Party) { p.BitMul(p.Negative(in.x, 32), in.x) },
			func(p *mpc.Party) { p.Reshare(p.AsProduct(in.y)) },
		)
		return nil
	})
	want, spent := relu.Beside(k.Reshare(n)), mpctest.Spent(got)
	require.Equal(t, want.Bytes, spent.Bytes)
	require.LessOrEqual(t, spent.Rounds, want.Rounds)
	require.Greater(t, spent.Rounds, k.Negative(n, 32).Rounds)
}

// TestLocalOperationsSendNothing calls every local operation.
func TestLocalOperationsSendNothing(t *testing.T) {
	const n = 130
	in := randomOperands(n)
	c := randomWords(n)
	reports := mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
		v := in.take(p)
		z := p.Mul(v.x, v.y)
		m := mpc.Operand{Rows: 10, Cols: 13}
		p.Public(c)
		p.Add(v.x, v.y)
		p.Sub(v.x, v.y)
		p.Neg(v.x)
		p.Scale(v.x, 3)
		p.ShiftLeft(v.x, 3)
		p.AddPublic(v.x, c)
		p.MulPublic(v.x, c)
		p.Begin()
		p.AddConstants(v.x, c[:3])
		p.MulConstants(v.x, c[:2])
		p.Assign(v.x, p.Neg(v.y))
		kept := p.KeepBits(p.Not(v.b))
		p.End()
		p.Not(kept)
		p.AddWide(p.Slice(v.x, 0, 129), p.Slice(v.y, 0, 129))
		p.AddProducts(p.AsProduct(v.x), p.ScaleProduct(z, 5))
		p.MulPublicProduct(z, c)
		p.MatMul(v.x, m, v.y, m.T())
		p.SliceProduct(p.ConcatProducts(z, z), 1, 7)
		p.SliceBits(p.ConcatBits(v.b, v.c), 3, 70)
		p.Gather(p.Concat(v.x, v.y), 13, []int{19, 0, 3})
		p.SumRows(p.Transpose(p.Repeat(v.x, 2), 20, 13), 13, 20)
		p.Not(p.Xor(v.b, v.c))
		if rounds, bytes := p.Cost(); rounds != 0 || bytes != 0 {
			return fmt.Errorf("got %d rounds and %d bytes, want none", rounds, bytes)
		}
		return nil
	})
	mpctest.CheckCost(t, mpc.Cost{}, reports)
}
