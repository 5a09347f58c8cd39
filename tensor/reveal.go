package tensor

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/fixedpoint"
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// Delivery is what one server sends to an owner who may see a tensor. It prints
// and marshals as [secret].
type Delivery struct {
	mpc.Concealed
	box **deliveryBox
}

type deliveryBox struct {
	d     mpc.Delivery
	scale int
	shape dims
}

// Reveal opens x to the three servers, and so to everybody.
func (s *Session) Reveal(x Secret, by Permit) Dense {
	t := s.operand("reveal", x)
	return decode(s.engine.Reveal(t.arith(), by), t.scale, t.shape)
}

// Deliver gives this server's half-secret for x to the owners that the permit
// names; no server learns x. [CombineDeliveries] rebuilds it at the owner.
func (s *Session) Deliver(x Secret, by Permit) Delivery {
	t := s.operand("deliver", x)
	inner := &deliveryBox{s.engine.Deliver(t.arith(), by), t.scale, t.shape}
	return Delivery{box: &inner}
}

// CombineDeliveries rebuilds a tensor at an owner from what the servers
// delivered, and checks the servers against each other.
func CombineDeliveries(from []Delivery) (Dense, error) {
	parts := make([]mpc.Delivery, len(from))
	for i, d := range from {
		if d.box != nil {
			parts[i] = (*d.box).d
		}
	}
	words, err := mpc.Combine(parts...)
	if err != nil {
		return Dense{}, fmt.Errorf("tensor: %w", err)
	}
	first := *from[0].box
	for i, d := range from {
		if t := *d.box; t.scale != first.scale || t.shape != first.shape {
			return Dense{}, fmt.Errorf("tensor: server %d delivered %s at scale %d and server 0 %s at scale %d, want the same",
				i, t.shape, t.scale, first.shape, first.scale)
		}
	}
	return decode(words, first.scale, first.shape), nil
}

func decode(words []uint64, scale int, shape dims) Dense {
	out := make([]float64, len(words))
	fixedpoint.Format{FractionBits: scale}.DecodeAll(out, words)
	return NewDense(out, shape.list()...)
}
