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
	reduction{"sum", []string{"x"}, "x[0] + x[1] + …"}.kernel(v)
	reduction{"dot", []string{"x", "y"}, "x[0]*y[0] + x[1]*y[1] + …"}.kernel(v)
}

func (o *elementwise) signature() string {
	s := "func(dst, " + strings.Join(o.in, ", ") + " []uint64"
	if o.scalar != "" {
		s += ", " + o.scalar + " uint64"
	}
	return s + ")"
}

// An elementwiseCode is what writing the body of a kernel needs.
type elementwiseCode struct {
	*elementwise
	v     *isa
	n, i  Register // elements that are left, bytes that are done
	dst   Register
	src   []Register
	lanes []lane
}

// kernel writes the function: a main loop of unroll registers, a loop of one,
// and a masked rest.
func (o *elementwise) kernel(v *isa) {
	TEXT(o.name+v.suffix, NOSPLIT, o.signature())
	Pragma("noescape")
	Doc(fmt.Sprintf("%s is: for i := range dst { %s }. All lengths must be len(dst).", o.name+v.suffix, o.formula))
	c := o.arguments(v)
	countedLoop("main", c.n, v.unroll*v.lanes, func() { c.registers(v.unroll) })
	countedLoop("one", c.n, v.lanes, func() { c.registers(1) })
	TESTQ(c.n, c.n)
	JZ(LabelRef("done"))
	v.maskTail(c.n)
	c.step(0, v.loadTail, v.storeTail)
	Label("done")
	VZEROUPPER()
	RET()
}

// arguments loads them and sets up the constants.
func (o *elementwise) arguments(v *isa) *elementwiseCode {
	c := &elementwiseCode{elementwise: o, v: v}
	c.n = Load(Param("dst").Len(), GP64())
	c.dst = Load(Param("dst").Base(), GP64())
	for _, name := range o.in {
		c.src = append(c.src, Load(Param(name).Base(), GP64()))
	}
	cons := v.reg[len(v.reg)-o.consts:]
	if o.setup != nil {
		var scalar Register
		if o.scalar != "" {
			scalar = Load(Param(o.scalar), GP64())
		}
		o.setup(v, scalar, cons)
	}
	c.lanes = o.lanes(v, cons)
	c.i = GP64()
	XORQ(c.i, c.i)
	return c
}

// registers does the given number of whole registers and moves on.
func (c *elementwiseCode) registers(count int) {
	for u := range count {
		c.step(u, func(m Mem, r Op) { c.v.load(m, r) }, func(r Op, m Mem) { c.v.store(r, m) })
	}
	ADDQ(U32(count*c.v.bytes()), c.i)
}

// step does register u from where we are.
func (c *elementwiseCode) step(u int, load func(Mem, Op), store func(Op, Mem)) {
	at := func(base Register) Mem { return Mem{Base: base, Index: c.i, Scale: 1, Disp: u * c.v.bytes()} }
	l := c.lanes[u]
	for j, p := range c.src {
		load(at(p), l.in[j])
	}
	if c.old {
		load(at(c.dst), l.out)
	}
	c.emit(c.v, l)
	store(l.out, at(c.dst))
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

// A reduction is a function that returns a sum over all elements.
type reduction struct {
	name    string
	in      []string
	formula string
}

// kernel writes the function with several sums side by side.
func (o reduction) kernel(v *isa) {
	TEXT(o.name+v.suffix, NOSPLIT, "func("+strings.Join(o.in, ", ")+" []uint64) uint64")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s returns %s. All lengths must be len(x).", o.name+v.suffix, o.formula))
	n := Load(Param("x").Len(), GP64())
	var base []Register
	for _, s := range o.in {
		base = append(base, Load(Param(s).Base(), GP64()))
	}
	const sums = 4
	acc := v.reg[:sums]
	for _, a := range acc {
		v.xor(a, a, a)
	}
	i := GP64()
	XORQ(i, i)
	registers := func(count int) func() {
		return func() {
			for u := range count {
				o.step(v, u, base, i, func(m Mem, r Op) { v.load(m, r) })
			}
			ADDQ(U32(count*v.bytes()), i)
		}
	}
	countedLoop("main", n, sums*v.lanes, registers(sums))
	countedLoop("one", n, v.lanes, registers(1))
	TESTQ(n, n)
	JZ(LabelRef("done"))
	v.maskTail(n)
	o.step(v, 0, base, i, v.loadTail)
	Label("done")
	VPADDQ(acc[0], acc[1], acc[0])
	VPADDQ(acc[2], acc[3], acc[2])
	VPADDQ(acc[0], acc[2], acc[0])
	Store(sumOfLanes(v, acc[0], acc[1]), ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// step adds register u, or the product of two, to sum u.
func (o reduction) step(v *isa, u int, base []Register, i Register, load func(Mem, Op)) {
	at := func(b Register) Mem { return Mem{Base: b, Index: i, Scale: 1, Disp: u * v.bytes()} }
	x, y, work := v.reg[4], v.reg[5], v.reg[6:]
	load(at(base[0]), x)
	if len(base) > 1 {
		load(at(base[1]), y)
		v.mul(x, y, x, work)
	}
	VPADDQ(x, v.reg[u], v.reg[u])
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
