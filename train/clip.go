package train

import (
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// clipUp is by what mean gradients are multiplied to be clipped: they are small,
// and are compared as numbers of the working scale.
const clipUp = 256

// clipBits is with how many bits the factor of gradients of this scale is held.
func clipBits(scale int) int { return min(16, 48-scale) }

// clip brings every element of the mean gradients into [−limit, limit], as
// torch.nn.utils.clip_grad_value_ and Keras' clipvalue. The gradients are `count`
// times the mean over the batch, and clipUp times it afterwards. It watches that
// they are below 2^14/clipUp − limit.
//
// Cost: a truncation of all gradients (2 or 3 rounds), two comparisons for each in one
// batch (5 rounds at a scale of 16) and 2 rounds.
func clip(s *tensor.Session, params []*layers.Param, count, limit float64) {
	f := s.FractionBits()
	columns := make([]tensor.Secret, len(params))
	for i, p := range params {
		g := gradient(p)
		columns[i] = g.Times(clipUp/count, clipBits(g.Scale())).Reshape(g.Len(), 1)
	}
	g := tensor.Concat(columns...).Rescale(f)
	limit *= clipUp
	g = g.Hinges([]float64{-limit, limit}, []float64{1, -1}, 0).AddScalar(-limit).Lift(2 * f)
	at := 0
	for _, p := range params {
		n := p.Value.Len()
		p.Grad = g.Slice(at, at+n).Like(p.Value)
		at += n
	}
}
