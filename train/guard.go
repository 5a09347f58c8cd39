package train

import (
	"math"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// guard watches numbers that no activation watches.
type guard interface {
	// keep is called after every step.
	keep(params []*layers.Param)
	// watch adds to the session's alarm what is to be told at a check.
	watch()
}

// normGuard proves that no x·w + b has wrapped around: it keeps the weights after
// every step and, at a check, watches that the Euclidean norm of (w, b) was below
// Range/R at every one of them, R being a public bound of the norm of (x_i, 1).
// By Cauchy and Schwarz |x_i·w + b| was then below Range for every row and step.
//
// A gradient has a norm of at most R and the learning rate is bounded (see
// maxRate), so one step moves (w, b) by less than 270·R + 2^14: the first norm
// that is too large is itself held without wrapping, and is seen.
type normGuard struct {
	kept  tensor.Secret // steps×weights
	n     int           // steps since the last check
	limit float64       // of the norm
}

// normBits is the scale at which weights are squared: coarse, so that even those
// that have just left the range fit.
const normBits = 8

// newGuard makes room for as many steps as there can be between two checks.
func newNormGuard(s *tensor.Session, params []*layers.Param, steps int, rowNorm float64) *normGuard {
	n := count(params)
	const slack = .99 // for the rounding of weights and of their squares
	return &normGuard{kept: s.Zeros(params[0].Value.Scale(), steps, n), limit: slack * s.Range() / rowNorm}
}

// keep remembers the weights after a step. Local.
func (g *normGuard) keep(params []*layers.Param) {
	row, at := g.kept.Slice(g.n, g.n+1).Reshape(g.kept.Len()/g.kept.Rows(), 1), 0
	for _, p := range params {
		n := p.Value.Len()
		row.Slice(at, at+n).Assign(p.Value.Reshape(n, 1))
		at += n
	}
	g.n++
}

// watch adds to the session's alarm whether a norm was too large since the last
// time.
//
// Cost: a truncation, a product and a comparison in 64 bits.
func (g *normGuard) watch() {
	if g.n == 0 {
		return
	}
	w := g.kept.Slice(0, g.n).Rescale(min(normBits, g.kept.Scale()))
	w.Mul(w).T().SumRows().WatchAbove(g.limit * g.limit)
	g.n = 0
}

// weightGuard watches a network when a check is made: that each weight is below
// maxNetworkWeight, and that the last step moved it by less than maxStep. What is
// between weights is watched by the activations of every step.
type weightGuard struct {
	params []*layers.Param
	o      Optimizer
}

// Both are far above what a network that learns has, and below the range, so that they are
// seen; steps as long as factors are held with 24 bits or fewer (networkBits).
const (
	maxNetworkWeight = 1 << 10
	maxStep          = 1 << 4
)

func (weightGuard) keep([]*layers.Param) {}

// watch compares every weight and its last step in 64 bits.
//
// Cost: four comparisons for each weight, 16 rounds.
func (g weightGuard) watch() {
	columns := make([]tensor.Secret, 0, 2*len(g.params))
	for _, p := range g.params {
		w := p.Value.Reshape(p.Value.Len(), 1)
		columns = append(columns, w, w.Neg())
	}
	tensor.Concat(columns...).WatchAbove(maxNetworkWeight)
	u := g.o.moved()
	tensor.Concat(u, u.Neg()).WatchAbove(maxStep)
}

// rowNorm returns the bound of the norm of (x_i, 1) that follows from what the
// configuration says about the rows.
func (c Config) rowNorm(rows, features int) float64 {
	bound := math.Inf(1)
	if c.RowNorm > 0 {
		bound = c.RowNorm
	}
	if c.MeanSquare > 0 {
		bound = min(bound, math.Sqrt(float64(c.MeanSquare*float64(rows*features))+1))
	}
	return min(bound, MaxFeature*math.Sqrt(float64(features+1)))
}
