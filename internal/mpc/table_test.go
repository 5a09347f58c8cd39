package mpc_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// operands are the inputs of a protocol: vectors and bits of one length.
type operands struct {
	x, y mpc.Arith
	b, c mpc.Bits
}

// protocol is one row of the table that the tests of cost, views, transcripts
// and failures go through.
type protocol struct {
	name  string // of the method of Party and of Costs, and after a slash the variant
	opts  mpc.Options
	run   func(p *mpc.Party, in operands)
	cost  func(k mpc.Costs, n int) mpc.Cost
	opens bool // the servers learn a value, so their views depend on it
}

// protocols lists every protocol that sends messages.
func protocols() []protocol {
	return slices.Concat(
		[]protocol{
			{
				name: "Reshare",
				run:  func(p *mpc.Party, in operands) { p.Reshare(p.Mul(in.x, in.y)) },
				cost: mpc.Costs.Reshare,
			},
			{
				name: "Reveal", opens: true,
				run:  func(p *mpc.Party, in operands) { p.Reveal(in.x, mpctest.Permit()) },
				cost: mpc.Costs.Reveal,
			},
			{
				name: "RevealTo", opens: true,
				run:  func(p *mpc.Party, in operands) { p.RevealTo(1, in.x, mpctest.Permit()) },
				cost: mpc.Costs.RevealTo,
			},
			{
				name: "Deliver",
				run:  func(p *mpc.Party, in operands) { p.Deliver(in.x, mpctest.OwnerPermit()) },
				cost: mpc.Costs.Deliver,
			},
			{
				name: "DeliverWide",
				run: func(p *mpc.Party, in operands) {
					p.DeliverWide(p.Repeat(in.x, mpc.WideWords), mpctest.OwnerPermit())
				},
				cost: func(k mpc.Costs, n int) mpc.Cost { return k.DeliverWide(mpc.WideWords * n) },
			},
		},
		bitProtocols(), onceProtocols(), negativeProtocols(), leafProtocols(), functionProtocols(), truncProtocols(), descendProtocols(), narrowProtocols(),
	)
}

func bitProtocols() []protocol {
	return []protocol{
		{name: "And", run: func(p *mpc.Party, in operands) { p.And(in.b, in.c) }, cost: mpc.Costs.And},
		{name: "Or", run: func(p *mpc.Party, in operands) { p.Or(in.b, in.c) }, cost: mpc.Costs.Or},
		{name: "Any", run: func(p *mpc.Party, in operands) { p.Any(in.b) }, cost: mpc.Costs.Any},
		{name: "ToArith", run: func(p *mpc.Party, in operands) { p.ToArith(in.b) }, cost: mpc.Costs.ToArith},
		{name: "BitMul", run: func(p *mpc.Party, in operands) { p.BitMul(in.b, in.x) }, cost: mpc.Costs.BitMul},
		{
			name: "BitDot/3",
			run: func(p *mpc.Party, in operands) {
				p.BitDot([]mpc.Bits{in.b, in.c, in.b}, []mpc.Arith{in.x, in.y, in.y})
			},
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.BitDot(n, 3) },
		},
		{name: "Select", run: func(p *mpc.Party, in operands) { p.Select(in.b, in.x, in.y) }, cost: mpc.Costs.Select},
	}
}

// singleBits has comparisons take the tree from its lowest level on.
var singleBits = mpc.Options{}.WithLeaf(mpc.SingleBits)

func negativeProtocols() []protocol {
	var rows []protocol
	for _, width := range []int{64, 32, 17, 2} {
		rows = append(rows, protocol{
			name: fmt.Sprintf("Negative/%d", width), opts: singleBits,
			run:  func(p *mpc.Party, in operands) { p.Negative(in.x, width) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.Negative(n, width) },
		}, protocol{
			name: fmt.Sprintf("NegativeWatch/%d", width), opts: singleBits,
			run:  func(p *mpc.Party, in operands) { p.NegativeWatch(in.x, width, watched(in.x.Len())) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.NegativeWatch(n, width, watched(n)) },
		})
	}
	return rows
}

// watched is how many of n elements the rows watch: most, so that the last
// chunk of a long vector has some that are and some that are not.
func watched(n int) int { return n - n/100 }

// truncForms are the three truncations. Left to choose, a session takes one round
// or two by the length of the vector.
var truncForms = []struct {
	name string
	opts mpc.Options
}{
	{"one round", mpc.Options{}.WithWrap(1)},
	{"two rounds", mpc.Options{}.WithWrap(2)},
	{"exact", mpc.Options{Rounding: mpc.Exact}},
}

func truncProtocols() []protocol {
	var rows []protocol
	for _, form := range truncForms {
		for _, shift := range []uint{1, 16, 61} {
			rows = append(rows, protocol{
				name: fmt.Sprintf("Trunc/%s, %d bits", form.name, shift), opts: form.opts,
				run:  func(p *mpc.Party, in operands) { p.Trunc(in.x, shift) },
				cost: func(k mpc.Costs, n int) mpc.Cost { return k.Trunc(n, shift) },
			})
		}
		rows = append(rows, protocol{
			name: fmt.Sprintf("TruncProduct/%s, 16 bits", form.name), opts: form.opts,
			run:  func(p *mpc.Party, in operands) { p.TruncProduct(p.Mul(in.x, in.y), 16) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.TruncProduct(n, 16) },
		})
	}
	return append(rows, protocol{
		name: "TruncProduct/24 bits",
		run:  func(p *mpc.Party, in operands) { p.TruncProduct(p.Mul(in.x, in.y), 24) },
		cost: func(k mpc.Costs, n int) mpc.Cost { return k.TruncProduct(n, 24) },
	})
}

// method returns the name of the Party's method that the row is about.
func (r protocol) method() string {
	name, _, _ := strings.Cut(r.name, "/")
	return name
}

// file returns a file name for the row.
func (r protocol) file() string {
	return strings.NewReplacer("/", "_", ", ", "_", " ", "_").Replace(r.name)
}

// session runs the row on random operands of length n.
func (r protocol) session(t mpctest.TB, n int, trace *mpc.Trace) [3]*mpc.Report {
	in := randomOperands(n)
	opts := r.opts
	opts.Trace = trace
	return mpctest.Run3(t, opts, func(p *mpc.Party) error {
		r.run(p, in.take(p))
		return nil
	})
}

// localMethods lists the methods of Engine that send nothing.
var localMethods = []string{
	"Enter", "Leave", "Step", "Fail", "Cost", "Begin", "End", "Assign", "Keep", "KeepBits", "Server",
	"Input", "InputWide", "Public", "Add", "Sub", "Neg", "Scale", "ShiftLeft",
	"AddPublic", "MulPublic", "AddConstants", "MulConstants", "AddWide",
	"AsProduct", "AddProducts", "ScaleProduct", "MulPublicProduct", "Mul", "MatMul",
	"Slice", "SliceProduct", "SliceBits", "Concat", "ConcatProducts", "ConcatBits",
	"Gather", "Transpose", "Repeat", "SumRows", "Not", "Xor",
	"Affine", "Conv", "ConvImages", "ConvKernels", "FromWindows", "InputAll", "Rounding",
	"Spread", "SumChannels", "Windows",
}

// TestTableIsComplete fails when an operation is added without a row here and a
// price, or a price without an operation.
func TestTableIsComplete(t *testing.T) {
	inTable := []string{}
	for _, r := range protocols() {
		inTable = append(inTable, r.method())
	}
	slices.Sort(inTable)
	inTable = slices.Compact(inTable)

	priced := append(slices.Clone(inTable), compositionNames()...)
	require.ElementsMatch(t, methods(reflect.TypeFor[mpc.Costs]()), priced, "priced and in the table")
	require.ElementsMatch(t, append(engineMethods(), "RevealTo"), slices.Concat(inTable, localMethods))
}

func engineMethods() []string { return methods(reflect.TypeFor[mpc.Engine]()) }

func methods(typ reflect.Type) []string {
	var names []string
	for m := range typ.Methods() {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return names
}
