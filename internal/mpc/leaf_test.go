package mpc_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"pgregory.net/rapid"
)

// leafProtocols are the comparisons by digits.
func leafProtocols() []protocol {
	var rows []protocol
	for _, r := range []struct {
		width, bits int
		once        bool
	}{
		{64, 2, true},
		{64, 4, true},
		{64, 8, true},
		{32, 2, true},
		{32, 4, true},
		{32, 8, true},
		{17, 4, true},
		{3, 2, true},
		{64, 4, false},
		{32, 4, false},
		{32, 2, false},
		{24, 3, false},
		{17, 8, false},
		{3, 2, false},
	} {
		form, opts := fmt.Sprintf("digits of %d", r.bits), mpc.Options{}.WithLeaf(mpc.Digits(r.bits, r.once))
		if !r.once {
			form += " in two rounds"
		}
		rows = append(rows, protocol{
			name: fmt.Sprintf("Negative/%d, %s", r.width, form), opts: opts,
			run:  func(p *mpc.Party, in operands) { p.Negative(in.x, r.width) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.Negative(n, r.width) },
		}, protocol{
			name: fmt.Sprintf("NegativeWatch/%d, %s", r.width, form), opts: opts,
			run:  func(p *mpc.Party, in operands) { p.NegativeWatch(in.x, r.width, watched(in.x.Len())) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.NegativeWatch(n, r.width, watched(n)) },
		})
	}
	return rows
}

func leafOracles() []oracle {
	var rows []oracle
	for _, form := range digitForms {
		for _, width := range []int{3, 5, 17, 32, 33, 64} {
			rows = append(rows, oracle{
				fmt.Sprintf("Negative/%d, %v", width, form), mpc.Options{}.WithLeaf(form), width - 1,
				func(p *mpc.Party, in operands) mpc.Arith { return p.ToArith(p.Negative(in.x, width)) },
				is(func(x, _, _, _ uint64) uint64 { return x >> 63 }),
			})
		}
	}
	return rows
}

// TestNegativeWatchByDigits compares the sign and the range bit in every width
// with cleartext.
func TestNegativeWatchByDigits(t *testing.T) {
	for _, form := range digitForms[1:] {
		t.Run(fmt.Sprint(form), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				width := rapid.IntRange(2, 64).Draw(t, "width")
				n := rapid.SampledFrom([]int{1, 2, 63, 64, 65, 129, 200}).Draw(t, "n")
				watch := rapid.IntRange(0, n).Draw(t, "watch")
				checkWatch(t, mpc.Options{}.WithLeaf(form), drawPlain(t, n, width-1).x, width, watch)
			})
		})
	}
}

// TestDigitsAddUp takes components with all pairs of digits, so that every carry
// from one digit into the next comes up: in random sharings of a word, long
// runs of ones are rare.
func TestDigitsAddUp(t *testing.T) {
	const n = 1 << 12
	var c components
	for i := range c {
		c[i] = make([]uint64, n)
	}
	x := make([]uint64, n)
	for i := range n { // digits of 4 in s, in r, and what the rest is made of
		s, r := uint64(i)&15, uint64(i)>>4&15
		fill := []uint64{0, ^uint64(0), 0x0f0f0f0f0f0f0f0f, 0xff00ff00ff00ff00}
		for at, v := range fill {
			if i>>8&3 == at {
				c[0][i], c[2][i] = v, ^v
			}
		}
		shift := 4 * (uint(i) >> 10 & 3)
		for _, base := range []uint{0, 24, 48} {
			c[0][i] = c[0][i]&^(15<<(base+shift)) | s<<(base+shift)
			c[2][i] = c[2][i]&^(15<<(base+shift)) | r<<(base+shift)
		}
		x[i] = c[0][i] + c[2][i]
	}
	for _, width := range []int{64, 61, 32} {
		for _, form := range digitForms {
			var out []uint64
			mpctest.Run3(t, mpc.Options{}.WithLeaf(form), func(p *mpc.Party) error {
				v := p.Reveal(p.ToArith(p.Negative(p.InputComponents(c), width)), mpctest.Permit())
				if p.Server() == 0 {
					out = v
				}
				return nil
			})
			for i, v := range x {
				require.Equal(t, v>>(width-1)&1, out[i], "width %d, %v, element %d: %#x + %#x", width, form, i, c[0][i], c[2][i])
			}
		}
	}
}
