package mpc_test

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// misuse is a call that cannot be meant, and what its error says.
type misuse struct {
	name, want string
	run        func(p *mpc.Party, in operands)
}

// eightByEight takes an image of 64 numbers and 4 weights to 49.
var eightByEight = mpc.Conv{Batch: 1, Channels: 1, Height: 8, Width: 8, Kernels: 1, Groups: 1, KernelH: 2, KernelW: 2, StrideH: 1, StrideW: 1}

// misuses call operations with operands of 65 elements that do not fit.
func misuses() []misuse {
	m := mpc.Operand{Rows: 5, Cols: 13}
	short := func(p *mpc.Party, x mpc.Arith) mpc.Arith { return p.Slice(x, 0, 64) }
	shortBits := func(p *mpc.Party, b mpc.Bits) mpc.Bits { return p.SliceBits(b, 0, 64) }
	c := make([]uint64, 64)
	return []misuse{
		{"Add", "add: got 64 elements, want 65", func(p *mpc.Party, in operands) { p.Add(in.x, short(p, in.y)) }},
		{"Sub", "subtract: got 64 elements, want 65", func(p *mpc.Party, in operands) { p.Sub(in.x, short(p, in.y)) }},
		{"AddPublic", "add public: got 64 elements, want 65", func(p *mpc.Party, in operands) { p.AddPublic(in.x, c) }},
		{"MulPublic", "multiply by public: got 64 elements, want 65", func(p *mpc.Party, in operands) { p.MulPublic(in.x, c) }},
		{"MulConstants", "multiply by constants: got 65 elements, want 64", func(p *mpc.Party, in operands) { p.MulConstants(in.x, []uint64{1, 2}) }},
		{"Assign", "assign: got 64 elements, want 65", func(p *mpc.Party, in operands) { p.Assign(in.x, short(p, in.y)) }},
		{"MulPublicProduct", "multiply product by public: got 64 elements, want 65", func(p *mpc.Party, in operands) { p.MulPublicProduct(p.AsProduct(in.x), c) }},
		{"AddProducts", "add products: got 64 elements, want 65", func(p *mpc.Party, in operands) {
			p.AddProducts(p.AsProduct(in.x), p.AsProduct(short(p, in.y)))
		}},
		{"Mul", "multiply: got 64 elements, want 65", func(p *mpc.Party, in operands) { p.Mul(in.x, short(p, in.y)) }},
		{"MatMul inner", "matrix product: got 5×13 by 5×13, want equal inner lengths", func(p *mpc.Party, in operands) { p.MatMul(in.x, m, in.y, m) }},
		{"MatMul left", "got 64 elements for the left matrix, want 5×13", func(p *mpc.Party, in operands) { p.MatMul(short(p, in.x), m, in.y, m.T()) }},
		{"MatMul right", "got 64 elements for the right matrix, want 5×13", func(p *mpc.Party, in operands) { p.MatMul(in.x, m, short(p, in.y), m.T()) }},
		{"Slice", "slice: got [3:66], want a part of [0:65]", func(p *mpc.Party, in operands) { p.Slice(in.x, 3, 66) }},
		{"Slice backwards", "slice: got [4:3]", func(p *mpc.Party, in operands) { p.SliceProduct(p.AsProduct(in.x), 4, 3) }},
		{"SliceBits", "slice: got [-1:3]", func(p *mpc.Party, in operands) { p.SliceBits(in.b, -1, 3) }},
		{"Gather", "slice: got [65:78], want a part of [0:65]", func(p *mpc.Party, in operands) { p.Gather(in.x, 13, []int{5}) }},
		{"Transpose", "transpose: got 65 elements, want 64", func(p *mpc.Party, in operands) { p.Transpose(in.x, 8, 8) }},
		{"SumRows", "sum of rows: got 65 elements, want 64", func(p *mpc.Party, in operands) { p.SumRows(in.x, 8, 8) }},
		{"Affine", "offset: got 65 elements, want 5", func(p *mpc.Party, in operands) { p.Affine(in.x, m, in.y, m.T(), in.x) }},
		{"Conv shape", "convolution: got a batch of 0×0×0×0 and 0 kernels", func(p *mpc.Party, in operands) { p.Conv(in.x, in.y, in.x, mpc.Conv{}) }},
		{"Conv images", "convolution: images: got 65 elements, want 64", func(p *mpc.Party, in operands) { p.Conv(in.x, in.y, in.x, eightByEight) }},
		{"Conv kernels", "convolution: kernels: got 65 elements, want 4", func(p *mpc.Party, in operands) { p.Conv(short(p, in.x), in.y, in.x, eightByEight) }},
		{"ConvKernels", "convolution: gradient: got 65 elements, want 49", func(p *mpc.Party, in operands) { p.ConvKernels(short(p, in.x), in.y, eightByEight) }},
		{"ConvImages", "convolution: gradient: got 65 elements, want 49", func(p *mpc.Party, in operands) { p.ConvImages(p.Slice(in.x, 0, 4), in.y, eightByEight) }},
		{"Windows", "windows: images: got 65 elements, want 64", func(p *mpc.Party, in operands) { p.Windows(in.x, eightByEight) }},
		{"FromWindows", "from windows: got 65 elements, want 196", func(p *mpc.Party, in operands) { p.FromWindows(in.x, eightByEight) }},
		{"SumChannels", "channels: got 65 elements for 3 channels of 2 positions, want a multiple", func(p *mpc.Party, in operands) { p.SumChannels(in.x, 3, 2) }},
		{"Spread", "channels: got 0 elements for 65 channels of 0 positions", func(p *mpc.Party, in operands) { p.Spread(in.x, 3, 0) }},
		{"Xor", "xor: got 64 elements, want 65", func(p *mpc.Party, in operands) { p.Xor(in.b, shortBits(p, in.c)) }},
		{"And", "and: got 64 elements, want 65", func(p *mpc.Party, in operands) { p.And(in.b, shortBits(p, in.c)) }},
		{"Or", "and: got 64 elements, want 65", func(p *mpc.Party, in operands) { p.Or(in.b, shortBits(p, in.c)) }},
		{"Any of none", "any: got no elements", func(p *mpc.Party, in operands) { p.Any(p.SliceBits(in.b, 0, 0)) }},
		{"BitMul", "bit times value: bits: got 64 elements, want 65", func(p *mpc.Party, in operands) { p.BitMul(shortBits(p, in.b), in.x) }},
		{"BitDot lengths", "bit times value: values: got 64 elements, want 65", func(p *mpc.Party, in operands) {
			p.BitDot([]mpc.Bits{in.b, in.c}, []mpc.Arith{in.x, short(p, in.y)})
		}},
		{"BitDot terms", "got 1 vectors of bits and 2 of values", func(p *mpc.Party, in operands) { p.BitDot([]mpc.Bits{in.b}, []mpc.Arith{in.x, in.y}) }},
		{"BitDot of none", "got 0 vectors of bits and 0 of values", func(p *mpc.Party, _ operands) { p.BitDot(nil, nil) }},
		{"Select", "got 64 elements, want 65", func(p *mpc.Party, in operands) { p.Select(in.b, in.x, short(p, in.y)) }},
		{"Trunc by 0", "truncation: got a shift of 0 bits, want 1 to 61", func(p *mpc.Party, in operands) { p.Trunc(in.x, 0) }},
		{"Trunc by 62", "truncation: got a shift of 62 bits, want 1 to 61", func(p *mpc.Party, in operands) { p.Trunc(in.x, 62) }},
		{"TruncProduct by 64", "truncation: got a shift of 64 bits", func(p *mpc.Party, in operands) { p.TruncProduct(p.AsProduct(in.x), 64) }},
		{"Narrow by 0", "narrow truncation: got a shift of 0 bits, want 1 to 32", func(p *mpc.Party, in operands) { p.Narrow(p.AsProduct(in.x), 0) }},
		{"Narrow by 33", "narrow truncation: got a shift of 33 bits, want 1 to 32", func(p *mpc.Party, in operands) { p.Narrow(p.AsProduct(in.x), 33) }},
		{"ReLUNarrow in 33", "narrow comparison: got a width of 33 bits, want at most 32", func(p *mpc.Party, in operands) { p.ReLUNarrow(in.x, 33, 0) }},
		{"BitDotNarrow", "bit times value: values: got 64 elements, want 65", func(p *mpc.Party, in operands) {
			p.BitDotNarrow([]mpc.Bits{in.b, in.c}, []mpc.Arith{in.x, short(p, in.y)})
		}},
		{"ReLU in 1", "comparison: got a width of 1 bits, want 2 to 64", func(p *mpc.Party, in operands) { p.ReLU(in.x, 1, 0) }},
		{"ReLU too many", "slice: got [0:66], want a part of [0:65]", func(p *mpc.Party, in operands) { p.ReLU(in.x, 32, 66) }},
		{"TopBit in 65", "comparison: got a width of 65 bits, want 2 to 64", func(p *mpc.Party, in operands) { p.TopBit(in.x, 65) }},
		{"BitSums of none", "sums of bits: got 0 vectors and 1 lists of constants", func(p *mpc.Party, _ operands) { p.BitSums(nil, [][]uint64{{1}}) }},
		{"BitSums lengths", "sums of bits: got 64 elements, want 65", func(p *mpc.Party, in operands) {
			p.BitSums([]mpc.Bits{in.b, shortBits(p, in.c)}, [][]uint64{{1, 2}})
		}},
		{"BitSums constants", "sums of bits: constants: got 1 elements, want 2", func(p *mpc.Party, in operands) { p.BitSums([]mpc.Bits{in.b, in.c}, [][]uint64{{1}}) }},
		{"Exp scale", "exponential: got a scale of 31 and powers up to 2^0, want 0 to 30", func(p *mpc.Party, in operands) { p.Exp(in.x, 31, 0) }},
		{"Exp top", "exponential: got a scale of 16 and powers up to 2^16", func(p *mpc.Party, in operands) { p.Exp(in.x, 16, 16) }},
		{"Softmax of one", "softmax: got 1 classes at scale 16, want 2 to 4096", func(p *mpc.Party, in operands) { mpc.Softmax(p, in.x, 65, 1, 16, 32) }},
		{"RowMax of one", "maximum of a row: got 1 columns, want at least 2", func(p *mpc.Party, in operands) { mpc.RowMax(p, in.x, 65, 1, 32) }},
		{"Sigmoid scale", "sigmoid: got a scale of 21 and a width of 37, want at most 20, and 2 to 62", func(p *mpc.Party, in operands) { mpc.Sigmoid(p, in.x, 21, 37) }},
		{"Sigmoid width", "sigmoid: got a scale of 16 and a width of 1, want at most 20, and 2 to 62", func(p *mpc.Party, in operands) { mpc.Sigmoid(p, in.x, 16, 1) }},
		{"Tanh width", "sigmoid: got a scale of 16 and a width of 63, want at most 20, and 2 to 62", func(p *mpc.Party, in operands) { mpc.Tanh(p, in.x, 16, 63) }},
		{"Reciprocal scale", "reciprocal: got a scale of 21, want 4 to 20", func(p *mpc.Party, in operands) { mpc.Reciprocal(p, in.x, 21) }},
		{"InvSqrt scale", "inverse square root: got scales 61 and 16, want 0 to 60", func(p *mpc.Party, in operands) { mpc.InvSqrt(p, in.x, 61, 16) }},
		{"Negative in 1", "comparison: got a width of 1 bits, want 2 to 64", func(p *mpc.Party, in operands) { p.Negative(in.x, 1) }},
		{"Negative in 65", "comparison: got a width of 65 bits, want 2 to 64", func(p *mpc.Party, in operands) { p.Negative(in.x, 65) }},
		{"NegativeWatch too many", "slice: got [0:66], want a part of [0:65]", func(p *mpc.Party, in operands) { p.NegativeWatch(in.x, 32, 66) }},
		{"AddWide", "add wide: got 65 words, want a multiple of 3", func(p *mpc.Party, in operands) { p.AddWide(in.x, in.y) }},
		{"DeliverWide", "deliver wide: got 65 words, want a multiple of 3", func(p *mpc.Party, in operands) { p.DeliverWide(in.x, mpctest.OwnerPermit()) }},
		{"RevealTo 3", "reveal to one server: got server 3, want 0, 1 or 2", func(p *mpc.Party, in operands) { p.RevealTo(3, in.x, mpctest.Permit()) }},
	}
}

// marked returns operands whose words all are one of few odd numbers, so that
// they are easy to find in a text.
func marked(n int) secrets {
	words := (n + 63) / 64
	c := components{constant(n, marks[0]), constant(n, marks[1]), constant(n, marks[2])}
	b := components{constant(words, marks[0]), constant(words, marks[1]), constant(words, marks[2])}
	return secrets{n: n, x: c, y: c, b: b, c: b}
}

func TestMisuse(t *testing.T) {
	in := marked(65)
	for _, m := range misuses() {
		t.Run(m.name, func(t *testing.T) {
			r := mpctest.Setup{Context: inTime(t)}.Run(t, func(p *mpc.Party) error {
				v := in.take(p)
				p.Enter("forward", 7)
				m.run(p, v)
				return nil
			})
			for _, err := range r.Errs {
				require.ErrorContains(t, err, m.want)
				require.ErrorContains(t, err, "at forward 7: ")
				requireNoMark(t, err.Error())
			}
		})
	}
}

// uses calls every operation with given operands, by the name of the operand
// that may be bad.
func uses() map[string]func(p *mpc.Party, x mpc.Arith, b mpc.Bits, z mpc.Product) {
	return map[string]func(p *mpc.Party, x mpc.Arith, b mpc.Bits, z mpc.Product){
		"Add":              func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Add(p.Public(make([]uint64, 3)), x) },
		"Sub":              func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Sub(x, x) },
		"Neg":              func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Neg(x) },
		"Scale":            func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Scale(x, 2) },
		"ShiftLeft":        func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.ShiftLeft(x, 2) },
		"AddPublic":        func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.AddPublic(x, make([]uint64, 3)) },
		"MulPublic":        func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.MulPublic(x, make([]uint64, 3)) },
		"AddConstants":     func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.AddConstants(x, []uint64{1}) },
		"MulConstants":     func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.MulConstants(x, []uint64{1}) },
		"Assign":           func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Assign(p.Public(make([]uint64, 3)), x) },
		"Keep":             func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Keep(x) },
		"KeepBits":         func(p *mpc.Party, _ mpc.Arith, b mpc.Bits, _ mpc.Product) { p.KeepBits(b) },
		"AddWide":          func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.AddWide(x, x) },
		"AsProduct":        func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.AsProduct(x) },
		"AddProducts":      func(p *mpc.Party, _ mpc.Arith, _ mpc.Bits, z mpc.Product) { p.AddProducts(z, z) },
		"ScaleProduct":     func(p *mpc.Party, _ mpc.Arith, _ mpc.Bits, z mpc.Product) { p.ScaleProduct(z, 2) },
		"MulPublicProduct": func(p *mpc.Party, _ mpc.Arith, _ mpc.Bits, z mpc.Product) { p.MulPublicProduct(z, make([]uint64, 3)) },
		"Slice":            func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Slice(x, 0, 0) },
		"SliceProduct":     func(p *mpc.Party, _ mpc.Arith, _ mpc.Bits, z mpc.Product) { p.SliceProduct(z, 0, 0) },
		"SliceBits":        func(p *mpc.Party, _ mpc.Arith, b mpc.Bits, _ mpc.Product) { p.SliceBits(b, 0, 0) },
		"Concat":           func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Concat(x) },
		"ConcatProducts":   func(p *mpc.Party, _ mpc.Arith, _ mpc.Bits, z mpc.Product) { p.ConcatProducts(z) },
		"ConcatBits":       func(p *mpc.Party, _ mpc.Arith, b mpc.Bits, _ mpc.Product) { p.ConcatBits(b) },
		"Gather":           func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Gather(x, 1, nil) },
		"Transpose":        func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Transpose(x, 1, 3) },
		"Repeat":           func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Repeat(x, 2) },
		"SumRows":          func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.SumRows(x, 1, 3) },
		"Mul":              func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Mul(x, x) },
		"MatMul": func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) {
			p.MatMul(x, mpc.Operand{Rows: 1, Cols: 3}, x, mpc.Operand{Rows: 3, Cols: 1})
		},
		"Affine": func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) {
			p.Affine(x, mpc.Operand{Rows: 1, Cols: 3}, x, mpc.Operand{Rows: 3, Cols: 1}, x)
		},
		"Conv":         func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Conv(x, x, x, mpc.Conv{}) },
		"ConvKernels":  func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.ConvKernels(x, x, mpc.Conv{}) },
		"ConvImages":   func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.ConvImages(x, x, mpc.Conv{}) },
		"Windows":      func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Windows(x, mpc.Conv{}) },
		"FromWindows":  func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.FromWindows(x, mpc.Conv{}) },
		"Spread":       func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Spread(x, 1, 1) },
		"SumChannels":  func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.SumChannels(x, 1, 1) },
		"Reshare":      func(p *mpc.Party, _ mpc.Arith, _ mpc.Bits, z mpc.Product) { p.Reshare(z) },
		"Trunc":        func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Trunc(x, 2) },
		"TruncProduct": func(p *mpc.Party, _ mpc.Arith, _ mpc.Bits, z mpc.Product) { p.TruncProduct(z, 2) },
		"Descend": func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, z mpc.Product) {
			p.Descend([]mpc.Descent{{W: x, Gradient: z}}, x, 0, 2)
		},
		"Narrow": func(p *mpc.Party, _ mpc.Arith, _ mpc.Bits, z mpc.Product) { p.Narrow(z, 2) },
		"Widen":  func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Widen(x) },
		"BitDotNarrow": func(p *mpc.Party, x mpc.Arith, b mpc.Bits, _ mpc.Product) {
			p.BitDotNarrow([]mpc.Bits{b}, []mpc.Arith{x})
		},
		"ReLUNarrow":    func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.ReLUNarrow(x, 32, 1) },
		"ReLU":          func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.ReLU(x, 32, 1) },
		"ExactReLU":     func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.ExactReLU(x, 32, 1) },
		"Exp":           func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Exp(x, 16, 0) },
		"TopBit":        func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.TopBit(x, 32) },
		"BitSums":       func(p *mpc.Party, _ mpc.Arith, b mpc.Bits, _ mpc.Product) { p.BitSums([]mpc.Bits{b}, [][]uint64{{1}}) },
		"Negative":      func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Negative(x, 32) },
		"NegativeWatch": func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.NegativeWatch(x, 32, 1) },
		"Not":           func(p *mpc.Party, _ mpc.Arith, b mpc.Bits, _ mpc.Product) { p.Not(b) },
		"Xor":           func(p *mpc.Party, _ mpc.Arith, b mpc.Bits, _ mpc.Product) { p.Xor(b, b) },
		"And":           func(p *mpc.Party, _ mpc.Arith, b mpc.Bits, _ mpc.Product) { p.And(b, b) },
		"Or":            func(p *mpc.Party, _ mpc.Arith, b mpc.Bits, _ mpc.Product) { p.Or(b, b) },
		"Any":           func(p *mpc.Party, _ mpc.Arith, b mpc.Bits, _ mpc.Product) { p.Any(b) },
		"ToArith":       func(p *mpc.Party, _ mpc.Arith, b mpc.Bits, _ mpc.Product) { p.ToArith(b) },
		"BitMul":        func(p *mpc.Party, x mpc.Arith, b mpc.Bits, _ mpc.Product) { p.BitMul(b, x) },
		"BitDot":        func(p *mpc.Party, x mpc.Arith, b mpc.Bits, _ mpc.Product) { p.BitDot([]mpc.Bits{b}, []mpc.Arith{x}) },
		"Select":        func(p *mpc.Party, x mpc.Arith, b mpc.Bits, _ mpc.Product) { p.Select(b, x, x) },
		"Reveal":        func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Reveal(x, mpctest.Permit()) },
		"RevealTo":      func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.RevealTo(0, x, mpctest.Permit()) },
		"Deliver":       func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.Deliver(x, mpctest.OwnerPermit()) },
		"DeliverWide":   func(p *mpc.Party, x mpc.Arith, _ mpc.Bits, _ mpc.Product) { p.DeliverWide(x, mpctest.OwnerPermit()) },
	}
}

// TestEmptyAndForeignShares gives every operation the zero share and a share of
// another session. Nothing of either is opened or sent.
func TestEmptyAndForeignShares(t *testing.T) {
	var foreign [3]operands
	var products [3]mpc.Product
	mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
		foreign[p.Server()] = marked(3).take(p)
		products[p.Server()] = p.AsProduct(foreign[p.Server()].x)
		return nil
	})
	for name, use := range uses() {
		t.Run(name, func(t *testing.T) {
			r := mpctest.Setup{Context: inTime(t)}.Run(t, func(p *mpc.Party) error {
				use(p, mpc.Arith{}, mpc.Bits{}, mpc.Product{})
				return nil
			})
			s := mpctest.Setup{Context: inTime(t)}.Run(t, func(p *mpc.Party) error {
				f := foreign[p.Server()]
				use(p, f.x, f.b, products[p.Server()])
				return nil
			})
			for i := range 3 {
				require.ErrorContains(t, r.Errs[i], "an empty share, want one made by this session")
				require.ErrorContains(t, s.Errs[i], "a share of another session")
				require.Empty(t, s.Reports[i].Openings)
				require.Zero(t, s.Reports[i].BytesSent)
			}
		})
	}
	want := []string{"Enter", "Leave", "Step", "Fail", "Cost", "Begin", "End", "Server", "Rounding", "Input", "InputAll", "InputWide", "Public"}
	for name := range uses() {
		want = append(want, name)
	}
	require.ElementsMatch(t, append(engineMethods(), "RevealTo"), want, "every operation on shares is in the table")
}

// TestShareOfAnotherServer gives one server the shares of another of the same
// job, which in one process would compile.
func TestShareOfAnotherServer(t *testing.T) {
	x, err := mpc.Split([]uint64{1, 2, 3}, rand.Reader)
	require.NoError(t, err)
	shares := make(chan mpc.Arith, 1)
	r := mpctest.Setup{Context: inTime(t)}.Run(t, func(p *mpc.Party) error {
		mine := p.Input(x[p.Server()])
		switch p.Server() {
		case 0:
			shares <- mine
		case 1:
			p.Neg(<-shares)
		}
		p.Reveal(mine, mpctest.Permit())
		return nil
	})
	for _, err := range r.Errs {
		require.ErrorContains(t, err, "server 1: a share of another session")
	}
}
