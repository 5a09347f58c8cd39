package parties

import (
	"context"

	"github.com/trefoil-ml/trefoil/tensor"
)

// publish opens x to those whom the reveal list names.
func (sv *server) publish(what, place string, x tensor.Secret) error {
	permit, err := sv.policy.Permit(what)
	if err != nil {
		return err
	}
	sv.s.In(what, -1, func() {
		audience := sv.job.Audience(what)
		if audience.IsEveryone() {
			v := sv.s.Reveal(x, permit)
			sv.hand(place, audience, opened{value: &v})
			return
		}
		sv.hand(place, audience, opened{delivery: sv.s.Deliver(x, permit)})
	})
	return nil
}

// opened is what an owner gets of a published tensor from one server.
type opened struct {
	value    *tensor.Dense // if everybody may see it
	delivery tensor.Delivery
}

// hand leaves v for the owners in the audience.
func (sv *server) hand(place string, audience Audience, v opened) {
	for _, o := range sv.owners {
		if audience.Includes(o.name) {
			sv.desk.leave(item{place, o.name, sv.index}, v)
		}
	}
}

// receive rebuilds a published tensor at an owner.
func (r *run) receive(ctx context.Context, o *owner, place string) (tensor.Dense, error) {
	from, err := collect[opened](ctx, r, place, o.name)
	if err != nil {
		return tensor.Dense{}, err
	}
	if from[0].value != nil {
		return *from[0].value, nil
	}
	deliveries := make([]tensor.Delivery, len(from))
	for k := range from {
		deliveries[k] = from[k].delivery
	}
	return tensor.CombineDeliveries(deliveries)
}
