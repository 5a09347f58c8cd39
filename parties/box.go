package parties

import (
	"context"
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/tensor"
)

// Box is where one server takes the owners' parts from, and leaves what it gives
// to them.
type Box interface {
	// Part returns this server's part of an owner's item. It may wait until the
	// owner has handed it in.
	Part(ctx context.Context, it Item) (mpc.Part, error)
	// File returns a file that an owner has handed in for every server to see. It may
	// wait, too.
	File(ctx context.Context, it Item) ([]byte, error)
	// Deliver leaves something for an owner.
	Deliver(it Item, d Delivered) error
}

// Delivered is what an owner gets of an opened tensor from one server: a
// half-secret, or the values if everybody may see them. It prints as [secret].
type Delivered struct {
	mpc.Concealed
	box **delivered
}

type delivered struct {
	value *tensor.Dense   // if the servers hear it too
	half  tensor.Delivery // if only owners do
	wide  mpc.Delivery    // sums mod 2^192
}

func newDelivered(d delivered) Delivered {
	inner := &d
	return Delivered{box: &inner}
}

// open returns what server k delivered.
func (d Delivered) open(k int) (delivered, error) {
	if d.box == nil {
		return delivered{}, fmt.Errorf("server %d delivered nothing", k)
	}
	return **d.box, nil
}
