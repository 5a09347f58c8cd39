package train

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// reference is a run of the same recurrence in real arithmetic, with the public
// factors as they are held and with the slopes of the activation as they are, and
// a proven bound on how far a run that rounds may be from it.
//
// With θ = (w, b), x̃ = (x, 1) and a rounding ζ of z, π of p and ρ of the update,
// a run that rounds makes
//
//	u ← lr/B·Σ x̃·(S(x̃·θ + ζ) + π − y) + lr·l2·w + momentum·u + ρ,   θ ← θ − u
//
// so its distance e from the reference, with ε the distance of u, obeys
//
//	ε ← lr/B·Σ x̃·(D·(x̃·e + ζ) + π) + lr·l2·e_w + momentum·ε + ρ,    e ← e − ε
//
// where D is the slope of S at z; or, for rows whose z may be on the other side of
// a knot, any slope between those there. The bound adds up, over all steps, the
// absolute influence of each step's roundings on e.
type reference struct {
	d           table
	knots, bend []float64               // of the activation, as held
	rate        func(batch int) float64 // lr/B as held
	decay       float64                 // lr·l2 as held
	momentum    float64
	unitZ       float64 // largest |ζ| and |π|
	unitU       float64 // largest |ρ|

	theta, u  []float64
	influence []*mat.Dense // of the roundings of each step so far on (e, ε)
	roundings [][]float64
	bound     []float64 // on |e|
}

func (r *reference) start() {
	n := r.d.x.Shape()[1] + 1
	r.theta, r.u, r.bound = make([]float64, n), make([]float64, n), make([]float64, n)
}

// row returns x̃ of a row.
func (r *reference) row(i int) []float64 {
	return append(append([]float64{}, r.d.x.Row(i).Data()...), 1)
}

// activation returns S(z), its slope at z, and the largest change of slope at a
// knot within reach.
func (r *reference) activation(z, reach float64) (value, slope, change float64) {
	for j, k := range r.knots {
		if z >= k {
			value += r.bend[j] * (z - k)
			slope += r.bend[j]
		}
		if math.Abs(z-k) <= reach {
			change = max(change, math.Abs(r.bend[j]))
		}
	}
	return value, slope, change
}

// step does one step on these rows, and brings the bound up to date.
func (r *reference) step(rows []int) {
	n := len(r.theta)
	rate := r.rate(len(rows))
	gradient, noise := make([]float64, n), make([]float64, n)
	hessian := mat.NewDense(n, n, nil)
	for _, i := range rows {
		x := r.row(i)
		z, reach := 0.0, r.unitZ
		for j, v := range x {
			z += v * r.theta[j]
			reach += math.Abs(v) * r.bound[j]
		}
		p, slope, change := r.activation(z, reach)
		off := slope*r.unitZ + change*reach + r.unitZ
		for j, v := range x {
			gradient[j] += rate * v * (p - r.d.y.Data()[i])
			noise[j] += rate * math.Abs(v) * off
			for k, w := range x {
				hessian.Set(j, k, hessian.At(j, k)+rate*slope*v*w)
			}
		}
	}
	for j := range n {
		noise[j] += r.unitU
		if j < n-1 {
			gradient[j] += r.decay * r.theta[j]
			hessian.Set(j, j, hessian.At(j, j)+r.decay)
		}
		r.u[j] = gradient[j] + r.momentum*r.u[j]
		r.theta[j] -= r.u[j]
	}
	r.propagate(hessian, noise)
}

// propagate moves the influence of earlier roundings through one step, ε ← H·e +
// m·ε and e ← e − ε, and adds that of this step.
func (r *reference) propagate(hessian *mat.Dense, noise []float64) {
	n := len(noise)
	through := mat.NewDense(2*n, 2*n, nil)
	for j := range n {
		for k := range n {
			through.Set(j, k, -hessian.At(j, k))
			through.Set(n+j, k, hessian.At(j, k))
		}
		through.Set(j, j, 1-hessian.At(j, j))
		through.Set(j, n+j, -r.momentum)
		through.Set(n+j, n+j, r.momentum)
	}
	fresh := mat.NewDense(2*n, n, nil)
	for j := range n {
		fresh.Set(j, j, -1)
		fresh.Set(n+j, j, 1)
	}
	for s, old := range r.influence {
		moved := new(mat.Dense)
		moved.Mul(through, old)
		r.influence[s] = moved
	}
	r.influence, r.roundings = append(r.influence, fresh), append(r.roundings, noise)
	for j := range n {
		r.bound[j] = 0
		for s, m := range r.influence {
			for k, v := range r.roundings[s] {
				r.bound[j] += math.Abs(m.At(j, k)) * v
			}
		}
	}
}

// run returns the weights after every step and the bounds on them.
func (r *reference) run(c Config) (theta, bound [][]float64) {
	r.start()
	for epoch := 1; epoch <= c.Epochs; epoch++ {
		for _, rows := range batches(r.d, c, epoch) {
			r.step(rows)
			theta = append(theta, append([]float64{}, r.theta...))
			bound = append(bound, append([]float64{}, r.bound...))
		}
	}
	return theta, bound
}
