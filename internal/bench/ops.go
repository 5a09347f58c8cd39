package bench

import (
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// fractionBits is the scale of all operands.
const fractionBits = 16

// operandBits bounds operands: |v| < 2^(20-16) = 16.
const operandBits = 20

// operation is one row of [Result.Ops].
type operation struct {
	name   string
	blocks bool // takes its operand in blocks
	// prepare takes the operands in, and returns what is measured.
	prepare func(p *mpc.Party, x, y mpc.Part) (run func(), err error)
}

// Operations are the keys of [Result.Ops], in order.
func Operations() []string {
	var names []string
	for _, o := range operations() {
		names = append(names, o.name)
	}
	return names
}

func operations() []operation {
	return []operation{
		protocol("multiply", func(p *mpc.Party, x, y mpc.Arith) { p.TruncProduct(p.Mul(x, y), fractionBits) }),
		protocol("truncate", func(p *mpc.Party, x, _ mpc.Arith) { p.Trunc(x, fractionBits) }),
		protocol("compare64", func(p *mpc.Party, x, _ mpc.Arith) { p.Negative(x, 64) }),
		protocol("relu32", func(p *mpc.Party, x, _ mpc.Arith) { p.ReLU(x, 32, 0) }),
		sigmoid("minimax3"), sigmoid("minimax5"), sigmoid("minimax7"), sigmoid("exact"),
	}
}

// protocol is an operation of package mpc.
func protocol(name string, f func(p *mpc.Party, x, y mpc.Arith)) operation {
	return operation{name: name, prepare: func(p *mpc.Party, x, y mpc.Part) (func(), error) {
		a, b := p.Input(x), p.Input(y)
		return func() {
			p.Begin()
			f(p, a, b)
			p.End()
		}, nil
	}}
}

// sigmoid is an activation of package layers, with its result at the scale of
// its operand.
func sigmoid(name string) operation {
	return operation{name: "sigmoid_" + name, blocks: true, prepare: func(p *mpc.Party, x, _ mpc.Part) (func(), error) {
		f, err := layers.NewSigmoid(name)
		if err != nil {
			return nil, err
		}
		s, err := tensor.NewSession(p, fractionBits)
		if err != nil {
			return nil, err
		}
		z := s.Input(x, x.Len(), 1)
		return func() { s.Temporary(func() { f.Forward(z) }) }, nil
	}}
}

// operation measures one row.
func (b *bench) operation(o operation) error {
	n, calls := b.values, 1
	if o.blocks {
		n, calls = b.block, b.values/b.block
	}
	in, err := share(n, operandBits)
	if err != nil {
		return err
	}
	w := newStopwatch(b.protocol)
	var rounds [3]int
	reports, err := b.session(w, b.protocols(), func(p *mpc.Party) error {
		run, err := o.prepare(p, in[p.Server()], in[p.Server()])
		for err == nil && w.lap() {
			for range calls {
				run()
				if rounds[p.Server()] == 0 {
					rounds[p.Server()], _ = p.Cost()
				}
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	values := float64(n * calls)
	sent := float64(reports[0].BytesSent + reports[1].BytesSent + reports[2].BytesSent)
	b.result.Ops[o.name] = Op{
		PerSecond: digits(values/w.median().Seconds(), 4),
		Bytes:     digits(sent/3/values/float64(warmLaps+len(w.took)), 4),
		Rounds:    max(rounds[0], rounds[1], rounds[2]),
		Allocs:    digits(w.allocsPerLap(), 3),
	}
	return nil
}
