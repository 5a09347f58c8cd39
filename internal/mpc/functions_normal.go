package mpc

// normalScale is the scale of normalised numbers inside functions.
const normalScale = 24

// normal is a vector of numbers x, each as |x| = S·2^k.
type normal struct {
	sum      Arith   // S, in [1, 2] at normalScale; 0 where x is 0
	scaled   Arith   // ±2^(top−k) with the sign of x; 0 where x is 0
	top      int     // the largest k
	at       []Bits  // [k = 0], [k = 1], …
	negative Bits    // [x < 0]
	sums     []Arith // others that were asked for
}

// digits is how the exponents k are cut: k + offset = 8·high + low.
type exponents struct{ offset, highest int }

// cut returns the exponents up to top, the largest of which has the low digit 7.
func cut(top int) exponents {
	offset := 7 - top%8
	return exponents{offset, (top + offset) / 8}
}

// list returns the constants low(m) and high(h) for the digits m and h.
func (d exponents) list(low, high func(i int) uint64) []uint64 {
	c := make([]uint64, 8+d.highest+1)
	for m := range 8 {
		c[m] = low(m)
	}
	for h := range d.highest + 1 {
		c[8+h] = high(h)
	}
	return c
}

func zero(int) uint64 { return 0 }

// hot returns [m = low digit of k] for all m, and [h = high digit] for all h.
// Exactly one bit of each is set, or none where x is 0. Local.
func (d exponents) hot(e Engine, at []Bits) []Bits {
	hot := make([]Bits, 8+d.highest+1)
	add := func(i int, b Bits) {
		if hot[i] == (Bits{}) {
			hot[i] = b
			return
		}
		hot[i] = e.Xor(hot[i], b)
	}
	for k, b := range at {
		add((k+d.offset)%8, b)
		add(8+(k+d.offset)/8, b)
	}
	for i, b := range hot {
		if b == (Bits{}) { // no such k
			hot[i] = e.Xor(at[0], at[0])
		}
	}
	return hot
}

// normalise finds S and k for numbers of a width, 9 to 62: |x| < 2^(width−1). The
// sums are for constants of [exponents.list]. Where x may be negative (signed), it
// is taken as |x| − 1 to find k.
//
// Protocol: [Party.TopBit]; V = 2^(top−k) as the product of one number for the low
// digit of k and one for the high digit, from one [Party.BitSums]; S = x·V.
//
// Cost: that of the parts: 17 rounds in 32 bits, 18 if signed.
func normalise(e Engine, x Arith, width int, signed bool, sums ...[]uint64) normal {
	at, negative := e.TopBit(x, width)
	top := width - 2
	d := cut(top)
	bits := d.hot(e, at)
	lists := append([][]uint64{
		d.list(func(m int) uint64 { return 1 << (7 - m) }, zero),
		d.list(zero, func(h int) uint64 { return 1 << (8 * (d.highest - h)) }),
	}, sums...)
	if signed {
		bits, lists = withSign(e, bits, lists, negative)
	}
	out := e.BitSums(bits, lists)
	scaled := e.Reshare(e.Mul(out[0], out[1]))
	return normal{
		sum: atScale(e, e.Mul(x, scaled), top, normalScale), scaled: scaled,
		top: top, at: at, negative: negative, sums: out[2:],
	}
}

// withSign adds terms that make the first list that of a number with a sign:
// b·(1 − 2·[x < 0]) for the low digits.
func withSign(e Engine, bits []Bits, lists [][]uint64, negative Bits) ([]Bits, [][]uint64) {
	n := negative.Len()
	signs := make([]Bits, 8)
	for m := range signs {
		signs[m] = negative
	}
	both := e.And(e.ConcatBits(bits[:8]...), e.ConcatBits(signs...))
	for m := range 8 {
		bits = append(bits, e.SliceBits(both, m*n, (m+1)*n))
	}
	for i, c := range lists {
		more := make([]uint64, 8)
		if i == 0 {
			for m := range more {
				more[m] = -(2 * c[m])
			}
		}
		lists[i] = append(c, more...)
	}
	return bits, lists
}

// atScale brings a product from one scale to another.
func atScale(e Engine, z Product, from, to int) Arith {
	if from > to {
		return e.TruncProduct(z, uint(from-to))
	}
	return e.ShiftLeft(e.Reshare(z), uint(to-from))
}

// any returns [lo ≤ k ≤ hi]: whether 2^lo ≤ |x| < 2^(hi+1). Local.
func (n normal) within(e Engine, lo, hi int) Bits {
	b := n.at[max(lo, 0)]
	for k := max(lo, 0) + 1; k <= hi; k++ {
		b = e.Xor(b, n.at[k])
	}
	return b
}
