package train

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/trefoil-ml/trefoil/tensor"
)

// floatNet is a network of linear layers with ReLU between them in float64, and
// the optimisers as torch writes them: the reference of the secret ones.
type floatNet struct {
	w       []*mat.Dense // in×out
	b       []*mat.Dense // 1×out
	softmax bool         // softmax with cross-entropy, otherwise the mean squared error

	gradW, gradB []*mat.Dense
}

// newFloatNet starts with copies of these weights.
func newFloatNet(softmax bool, weights []tensor.Dense) *floatNet {
	n := &floatNet{softmax: softmax}
	for i := 0; i < len(weights); i += 2 {
		n.w, n.b = append(n.w, matrixOf(weights[i])), append(n.b, matrixOf(weights[i+1]))
	}
	return n
}

func matrixOf(d tensor.Dense) *mat.Dense {
	shape := d.Shape()
	return mat.NewDense(shape[0], shape[1], append([]float64{}, d.Data()...))
}

// params returns weights and intercepts in the order of the layers, and grads
// their gradients.
func (n *floatNet) params() (out []*mat.Dense) {
	for l := range n.w {
		out = append(out, n.w[l], n.b[l])
	}
	return out
}

func (n *floatNet) grads() (out []*mat.Dense) {
	for l := range n.w {
		out = append(out, n.gradW[l], n.gradB[l])
	}
	return out
}

// forward returns the input of every layer and the output.
func (n *floatNet) forward(x *mat.Dense) []*mat.Dense {
	h := []*mat.Dense{x}
	for l := range n.w {
		z := new(mat.Dense)
		z.Mul(h[l], n.w[l])
		z.Apply(func(_, j int, v float64) float64 {
			if v += n.b[l].At(0, j); l < len(n.w)-1 {
				return math.Max(v, 0)
			}
			return v
		}, z)
		h = append(h, z)
	}
	return h
}

// backward leaves the gradients of the mean loss over the batch.
func (n *floatNet) backward(x, y *mat.Dense) {
	h := n.forward(x)
	rows, _ := x.Dims()
	d := n.outputGradient(h[len(h)-1], y)
	d.Scale(1/float64(rows), d)
	n.gradW, n.gradB = make([]*mat.Dense, len(n.w)), make([]*mat.Dense, len(n.w))
	for l := len(n.w) - 1; l >= 0; l-- {
		n.gradW[l], n.gradB[l] = new(mat.Dense), sumRows(d)
		n.gradW[l].Mul(h[l].T(), d)
		dx := new(mat.Dense)
		dx.Mul(d, n.w[l].T())
		dx.Apply(func(i, j int, v float64) float64 {
			if h[l].At(i, j) > 0 {
				return v
			}
			return 0
		}, dx)
		d = dx
	}
}

// outputGradient is that of the loss of each row.
func (n *floatNet) outputGradient(z, y *mat.Dense) *mat.Dense {
	d := new(mat.Dense)
	d.Sub(z, y)
	if !n.softmax {
		_, cols := z.Dims()
		d.Scale(2/float64(cols), d)
		return d
	}
	rows, cols := z.Dims()
	for i := range rows {
		largest, sum := mat.Max(z.RowView(i)), 0.
		for j := range cols {
			sum += math.Exp(z.At(i, j) - largest)
		}
		for j := range cols {
			d.Set(i, j, math.Exp(z.At(i, j)-largest)/sum-y.At(i, j))
		}
	}
	return d
}

func sumRows(d *mat.Dense) *mat.Dense {
	rows, cols := d.Dims()
	s := mat.NewDense(1, cols, nil)
	for i := range rows {
		for j := range cols {
			s.Set(0, j, s.At(0, j)+d.At(i, j))
		}
	}
	return s
}

// floatStep changes a parameter by its gradient; i counts parameters, t steps
// from 1.
type floatStep func(i, t int, p, g *mat.Dense)

// torchSGD is torch.optim.SGD.
func torchSGD(o SGD, decays func(i int) bool, factor func(t int) float64) floatStep {
	velocity := map[int]*mat.Dense{}
	return func(i, t int, p, g *mat.Dense) {
		d := mat.DenseCopyOf(g)
		if decays(i) {
			d.Apply(func(r, c int, v float64) float64 { return v + o.L2*p.At(r, c) }, d)
		}
		v := velocity[i]
		if v == nil {
			v = mat.DenseCopyOf(d)
		} else {
			v.Apply(func(r, c int, v float64) float64 { return o.Momentum*v + d.At(r, c) }, v)
		}
		velocity[i] = v
		p.Apply(func(r, c int, w float64) float64 {
			move := v.At(r, c)
			if o.Nesterov {
				move = d.At(r, c) + o.Momentum*v.At(r, c)
			}
			return w - o.LearningRate*factor(t)*move
		}, p)
	}
}

// torchAdam is torch.optim.Adam with ε² under the root.
func torchAdam(o Adam, decays func(i int) bool) floatStep {
	o = o.withDefaults()
	type state struct{ m, v, most []float64 }
	states := map[int]*state{}
	return func(i, t int, p, g *mat.Dense) {
		w, d := p.RawMatrix().Data, g.RawMatrix().Data
		if states[i] == nil {
			states[i] = &state{make([]float64, len(w)), make([]float64, len(w)), make([]float64, len(w))}
		}
		s := states[i]
		for j := range w {
			grad := d[j]
			if decays(i) {
				grad += o.L2 * w[j]
			}
			s.m[j] = o.Beta1*s.m[j] + (1-o.Beta1)*grad
			s.v[j] = o.Beta2*s.v[j] + (1-o.Beta2)*grad*grad
			s.most[j] = math.Max(s.most[j], s.v[j])
			v := s.v[j]
			if o.AMSGrad {
				v = s.most[j]
			}
			v = v/(1-math.Pow(o.Beta2, float64(t))) + o.Epsilon*o.Epsilon
			w[j] -= o.LearningRate * s.m[j] / (1 - math.Pow(o.Beta1, float64(t))) / math.Sqrt(v)
		}
	}
}

// clipped clips gradients first.
func clipped(limit float64, step floatStep) floatStep {
	return func(i, t int, p, g *mat.Dense) {
		g.Apply(func(_, _ int, v float64) float64 { return math.Max(-limit, math.Min(limit, v)) }, g)
		step(i, t, p, g)
	}
}

// fit trains on these batches, and returns all parameters one after another after
// every step.
func (n *floatNet) fit(d table, c Config, step floatStep) (history [][]float64) {
	t := 0
	for epoch := 1; epoch <= c.Epochs; epoch++ {
		for _, rows := range batches(d, c, epoch) {
			t++
			n.backward(matrixOf(d.x.Gather(rows)), matrixOf(d.y.Gather(rows)))
			var all []float64
			for i, p := range n.params() {
				step(i, t, p, n.grads()[i])
				all = append(all, p.RawMatrix().Data...)
			}
			history = append(history, all)
		}
	}
	return history
}
