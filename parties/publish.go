package parties

import (
	"fmt"
	"slices"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/tensor"
)

// publish opens x to those whom the reveal list names.
func (sv *server) publish(what, place string, x tensor.Secret) error {
	permit, err := sv.policy.Permit(what)
	if err != nil {
		return err
	}
	sv.s.In(what, -1, func() {
		var d Delivered
		if sv.Job.Audience(what).IsEveryone() {
			v := sv.s.Reveal(x, permit)
			d = newDelivered(delivered{value: &v})
		} else {
			d = newDelivered(delivered{half: sv.s.Deliver(x, permit)})
		}
		err = sv.deliver(place, sv.Job.hearers(what), d)
	})
	return err
}

// deliver leaves the same for several owners.
func (sv *server) deliver(what string, owners []string, d Delivered) error {
	for _, o := range owners {
		if err := sv.Box.Deliver(Item{what, o}, d); err != nil {
			return err
		}
	}
	return nil
}

// combine rebuilds a published tensor at an owner, from what every server gave
// it.
func combine(from []Delivered) (tensor.Dense, error) {
	halves := make([]tensor.Delivery, len(from))
	var first delivered
	for k := range from {
		d, err := from[k].open(k)
		if err != nil {
			return tensor.Dense{}, err
		}
		if k == 0 {
			first = d
		}
		if err := sameValue(first.value, d.value, k); err != nil {
			return tensor.Dense{}, err
		}
		halves[k] = d.half
	}
	if first.value != nil {
		return *first.value, nil
	}
	return tensor.CombineDeliveries(halves)
}

// sameValue checks the values that everybody may see against server 0's.
func sameValue(first, v *tensor.Dense, server int) error {
	switch {
	case (first == nil) != (v == nil):
		return fmt.Errorf("servers 0 and %d do not agree on who may see the values", server)
	case v != nil && !(slices.Equal(first.Shape(), v.Shape()) && slices.Equal(first.Data(), v.Data())):
		return fmt.Errorf("servers 0 and %d opened different values: one of them is broken or cheats; do not use this result", server)
	}
	return nil
}

// combineWide rebuilds exact sums.
func combineWide(from []Delivered) ([]uint64, error) {
	halves := make([]mpc.Delivery, len(from))
	for k := range from {
		d, err := from[k].open(k)
		if err != nil {
			return nil, err
		}
		halves[k] = d.wide
	}
	return mpc.CombineWide(halves...)
}
