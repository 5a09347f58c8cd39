package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// A lane is what one element-wise step works on: the loaded inputs, the
// destination (with its old content if the operation reads it), two free
// registers and the constants of the operation.
type lane struct {
	in   []VecPhysical
	out  VecPhysical
	tmp  []VecPhysical
	cons []VecPhysical
}

// An elementwise operation: dst[i] = f(dst[i], in[0][i], …).
type elementwise struct {
	name    string
	formula string   // for the comment
	in      []string // input slices
	old     bool     // reads the old destination
	scalar  string   // name of a scalar argument, or ""
	consts  int      // constant registers
	setup   func(v *isa, scalar Register, cons []VecPhysical)
	emit    func(v *isa, l lane)
}

// vectorSet emits all element-wise kernels, the reductions and the matrix-vector product.
func vectorSet(v *isa) {
	for _, o := range elementwiseOps() {
		o.kernel(v)
	}
	matVec(v)
	reduction(v, "sum", []string{"x"}, "x[0] + x[1] + …")
	reduction(v, "dot", []string{"x", "y"}, "x[0]*y[0] + x[1]*y[1] + …")
}

func (o *elementwise) signature() string {
	s := "func(dst, " + strings.Join(o.in, ", ") + " []uint64"
	if o.scalar != "" {
		s += ", " + o.scalar + " uint64"
	}
	return s + ")"
}

// kernel writes the function: a main loop of unroll registers, a loop of one,
// and a masked rest.
func (o *elementwise) kernel(v *isa) {
	TEXT(o.name+v.suffix, NOSPLIT, o.signature())
	Pragma("noescape")
	Doc(fmt.Sprintf("%s is: for i := range dst { %s }. All lengths must be len(dst).", o.name+v.suffix, o.formula))
	n := Load(Param("dst").Len(), GP64())
	dst := Load(Param("dst").Base(), GP64())
	var in []Register
	for _, name := range o.in {
		in = append(in, Load(Param(name).Base(), GP64()))
	}
	cons := v.reg[len(v.reg)-o.consts:]
	if o.setup != nil {
		var scalar Register
		if o.scalar != "" {
			scalar = Load(Param(o.scalar), GP64())
		}
		o.setup(v, scalar, cons)
	}
	lanes := o.lanes(v, cons)
	i := GP64()
	XORQ(i, i)
	step := func(u int, load func(Mem, Op), store func(Op, Mem)) {
		at := func(base Register) Mem { return Mem{Base: base, Index: i, Scale: 1, Disp: u * v.bytes()} }
		l := lanes[u]
		for j, p := range in {
			load(at(p), l.in[j])
		}
		if o.old {
			load(at(dst), l.out)
		}
		o.emit(v, l)
		store(l.out, at(dst))
	}
	load, store := func(m Mem, r Op) { v.load(m, r) }, func(r Op, m Mem) { v.store(r, m) }
	blocks := func(count int) func() {
		return func() {
			for u := range count {
				step(u, load, store)
			}
			ADDQ(U32(count*v.bytes()), i)
		}
	}
	countedLoop("main", n, v.unroll*v.lanes, blocks(v.unroll))
	countedLoop("one", n, v.lanes, blocks(1))
	TESTQ(n, n)
	JZ(LabelRef("done"))
	v.maskTail(n)
	step(0, v.loadTail, v.storeTail)
	Label("done")
	VZEROUPPER()
	RET()
}

// lanes hands out registers, different ones to each unrolled step.
func (o *elementwise) lanes(v *isa, cons []VecPhysical) []lane {
	per := len(o.in) + 3
	if per*v.unroll+o.consts > len(v.reg) {
		panic("too few registers for " + o.name)
	}
	var all []lane
	for u := range v.unroll {
		r := v.reg[u*per:]
		all = append(all, lane{in: r[:len(o.in)], out: r[len(o.in)], tmp: r[len(o.in)+1 : per], cons: cons})
	}
	return all
}

// countedLoop runs body while n >= step, taking step off n each time.
func countedLoop(label string, n Register, step int, body func()) {
	Label(label)
	CMPQ(n, U32(step))
	JB(LabelRef(label + "_end"))
	body()
	SUBQ(U32(step), n)
	JMP(LabelRef(label))
	Label(label + "_end")
}

// reduction writes a function that returns a sum over all elements.
func reduction(v *isa, name string, in []string, formula string) {
	TEXT(name+v.suffix, NOSPLIT, "func("+strings.Join(in, ", ")+" []uint64) uint64")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s returns %s. All lengths must be len(x).", name+v.suffix, formula))
	n := Load(Param("x").Len(), GP64())
	var base []Register
	for _, s := range in {
		base = append(base, Load(Param(s).Base(), GP64()))
	}
	const sums = 4
	acc, work := v.reg[:sums], v.reg[sums:]
	for _, a := range acc {
		v.xor(a, a, a)
	}
	i := GP64()
	XORQ(i, i)
	step := func(u int, load func(Mem, Op)) {
		at := func(b Register) Mem { return Mem{Base: b, Index: i, Scale: 1, Disp: u * v.bytes()} }
		x, y := work[0], work[1]
		load(at(base[0]), x)
		if len(base) > 1 {
			load(at(base[1]), y)
			v.mul(x, y, x, work[2:])
		}
		VPADDQ(x, acc[u], acc[u])
	}
	blocks := func(count int) func() {
		return func() {
			for u := range count {
				step(u, func(m Mem, r Op) { v.load(m, r) })
			}
			ADDQ(U32(count*v.bytes()), i)
		}
	}
	countedLoop("main", n, sums*v.lanes, blocks(sums))
	countedLoop("one", n, v.lanes, blocks(1))
	TESTQ(n, n)
	JZ(LabelRef("done"))
	v.maskTail(n)
	step(0, v.loadTail)
	Label("done")
	VPADDQ(acc[0], acc[1], acc[0])
	VPADDQ(acc[2], acc[3], acc[2])
	VPADDQ(acc[0], acc[2], acc[0])
	Store(sumOfLanes(v, acc[0], acc[1]), ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// sumOfLanes adds the elements of x; t is overwritten.
func sumOfLanes(v *isa, x, t VecPhysical) Register {
	if v.lanes == 8 {
		VEXTRACTI64X4(U8(1), x, t.AsY())
		VPADDQ(t.AsY(), x.AsY(), x.AsY())
	}
	VEXTRACTI128(U8(1), x.AsY(), t.AsX())
	VPADDQ(t.AsX(), x.AsX(), x.AsX())
	VPSRLDQ(U8(8), x.AsX(), t.AsX())
	VPADDQ(t.AsX(), x.AsX(), x.AsX())
	r := GP64()
	VMOVQ(x.AsX(), r)
	return r
}
