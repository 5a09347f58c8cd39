package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// Narrow is the price of [Party.Narrow] of n elements by t bits.
func (Costs) Narrow(n int, _ uint) Cost { return sends(3 * ring.PackedLen(n, narrowBits)) }

// Widen is the price of [Party.Widen] of n elements.
func (k Costs) Widen(n int) Cost { return k.wrap(n, narrowBits) }

// BitDotNarrow is the price of [Party.BitDotNarrow] of n elements with so many
// terms.
func (k Costs) BitDotNarrow(n, terms int) Cost {
	if k.Options.bitDotOnce(n, terms) {
		return bitDotOnceCost(n, terms)
	}
	return sends(ring.PackedLen(2*terms*n, narrowBits)).Then(sends(2 * ring.PackedLen(n, narrowBits)))
}

// ReLUNarrow is the price of [Party.ReLUNarrow] of n elements in a width, the
// first `watch` of them watched.
func (k Costs) ReLUNarrow(n, width, watch int) Cost {
	c := k.ReLU(n, width, watch)
	c.Bytes += k.BitDotNarrow(n, 1).Bytes - k.BitMul(n).Bytes
	return c
}
