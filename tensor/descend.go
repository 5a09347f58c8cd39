package tensor

import "github.com/trefoil-ml/trefoil/internal/mpc"

// Descent is what [Descend] knows of one tensor of weights: the weights, their
// gradient, and the public factors of both.
type Descent struct {
	Weights, Gradient Secret
	Rate, Decay       float64
}

// Descend does one step of gradient descent with momentum, in place:
//
//	u_j ← rate_j·∇_j + decay_j·w_j + momentum·u_j,   w_j ← w_j − u_j
//
// for tensors of weights w_j of one scale, their gradients ∇_j of one scale, and
// u, a column with the velocities of all weights one after another, at the scale
// of the weights. The rate is held with the given number of bits. It is
// [Secret.Rescale] of that sum, and Assign.
//
// Cost: one fused truncation: 2 or 3 rounds.
func Descend(steps []Descent, u Secret, momentum float64, bits int) {
	v := u.open()
	s := v.session
	parts, scale := s.descents[:0], 0
	for i, d := range steps {
		w, g := s.operand("descend", d.Weights), s.operand("descend", d.Gradient)
		if i == 0 {
			scale = g.scale + bits
		}
		if w.scale != v.scale || g.scale+bits != scale || w.lazy() || w.transposed || scale <= w.scale {
			s.failf("descend: got weights at scale %d, a gradient at %d and a velocity at %d, want one scale of weights and velocity below those of all gradients plus %d", w.scale, g.scale, v.scale, bits)
		}
		parts = append(parts, mpc.Descent{
			W: w.v, Gradient: g.sum(),
			Rate: s.encode("descend", d.Rate, bits), Decay: s.encode("descend", d.Decay, scale-w.scale),
		})
	}
	s.descents = parts
	s.engine.Descend(parts, v.arith(), s.encode("descend", momentum, scale-v.scale), uint(scale-v.scale))
}
