package tensor

import (
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
	t := x.open()
	return decode(s.engine.Reveal(t.arith(), by), t.scale, t.shape)
}

// RevealIntegers opens a tensor of scale 0 as whole numbers.
func (s *Session) RevealIntegers(x Secret, by Permit) []uint64 {
	return s.engine.Reveal(x.open().arith(), by)
}

// Deliver gives this server's half-secret for x to the owners that the permit
// names; no server learns x. [CombineDeliveries] rebuilds it at the owner.
func (s *Session) Deliver(x Secret, by Permit) Delivery {
	t := x.open()
	inner := &deliveryBox{s.engine.Deliver(t.arith(), by), t.scale, t.shape}
	return Delivery{box: &inner}
}

// CombineDeliveries rebuilds a tensor at an owner from what the servers
// delivered, and checks the servers against each other.
func CombineDeliveries(from []Delivery) (Dense, error) {
	parts := make([]mpc.Delivery, len(from))
	for i, d := range from {
		parts[i] = (*d.box).d
	}
	words, err := mpc.Combine(parts...)
	if err != nil {
		return Dense{}, err
	}
	first := *from[0].box
	return decode(words, first.scale, first.shape), nil
}

func decode(words []uint64, scale int, shape dims) Dense {
	out := make([]float64, len(words))
	fixedpoint.Format{FractionBits: scale}.DecodeAll(out, words)
	return NewDense(out, shape.list()...)
}
