package mpc

// Engine is what tensors compute with. Two types implement it: [*Party], one
// of three servers on shares, and [*Clear], the cleartext twin, which keeps one
// vector where the servers keep three and rounds within the same bounds.
// The methods are documented at Party.
type Engine interface {
	Enter(name string, index int)
	Leave()
	Step() string
	Fail(err error)
	Cost() (rounds int, bytesSent int64)
	Begin()
	End()
	Assign(dst, src Arith)
	Keep(x Arith) Arith
	KeepBits(b Bits) Bits
	Server() int
	Rounding() Rounding

	Input(t Part) Arith
	InputAll(parts []Part) Arith
	InputWide(t Part) Arith
	Public(c []uint64) Arith

	Add(x, y Arith) Arith
	Sub(x, y Arith) Arith
	Neg(x Arith) Arith
	Scale(x Arith, c uint64) Arith
	ShiftLeft(x Arith, s uint) Arith
	AddPublic(x Arith, c []uint64) Arith
	MulPublic(x Arith, c []uint64) Arith
	AddConstants(x Arith, cs []uint64) Arith
	MulConstants(x Arith, cs []uint64) Arith
	AddWide(x, y Arith) Arith

	AsProduct(x Arith) Product
	AddProducts(z, w Product) Product
	ScaleProduct(z Product, c uint64) Product
	MulPublicProduct(z Product, c []uint64) Product

	Slice(x Arith, lo, hi int) Arith
	SliceProduct(z Product, lo, hi int) Product
	SliceBits(b Bits, lo, hi int) Bits
	Concat(xs ...Arith) Arith
	ConcatProducts(zs ...Product) Product
	ConcatBits(bs ...Bits) Bits
	Gather(x Arith, cols int, index []int) Arith
	Transpose(x Arith, rows, cols int) Arith
	Repeat(x Arith, times int) Arith
	SumRows(x Arith, rows, cols int) Arith

	Mul(x, y Arith) Product
	MatMul(x Arith, xs Operand, y Arith, ys Operand) Product
	Affine(x Arith, xs Operand, y Arith, ys Operand, offset Arith) Product
	Conv(x, k, offset Arith, c Conv) Product
	ConvKernels(x, dy Arith, c Conv) Product
	ConvImages(k, dy Arith, c Conv) Product
	Windows(x Arith, c Conv) Arith
	FromWindows(y Arith, c Conv) Arith
	Spread(x Arith, batch, positions int) Arith
	SumChannels(x Arith, channels, positions int) Arith
	Reshare(z Product) Arith
	Trunc(x Arith, t uint) Arith
	TruncProduct(z Product, t uint) Arith
	Narrow(z Product, t uint) Arith
	Widen(x Arith) Arith
	Descend(parts []Descent, u Arith, momentum uint64, t uint)

	Negative(x Arith, width int) Bits
	NegativeWatch(x Arith, width, watch int) (negative, outside Bits)
	Not(b Bits) Bits
	Xor(a, b Bits) Bits
	And(a, b Bits) Bits
	Or(a, b Bits) Bits
	Any(b Bits) Bits
	ToArith(b Bits) Arith
	BitMul(b Bits, x Arith) Arith
	BitDot(bs []Bits, xs []Arith) Arith
	BitDotNarrow(bs []Bits, xs []Arith) Arith
	ReLUNarrow(x Arith, width, watch int) (y Arith, positive, outside Bits)
	Select(b Bits, x, y Arith) Arith
	ReLU(x Arith, width, watch int) (y Arith, positive, outside Bits)
	ExactReLU(x Arith, width, watch int) (y Arith, outside Bits)
	Exp(x Arith, scale, top int) Arith
	TopBit(x Arith, width int) (at []Bits, negative Bits)
	BitSums(bs []Bits, cs [][]uint64) []Arith

	Reveal(x Arith, by Permit) []uint64
	Deliver(x Arith, by Permit) Delivery
	DeliverWide(x Arith, by Permit) Delivery
}

var _ Engine = (*Party)(nil)
