package parties

import (
	"context"
	"errors"
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train"
)

// server is one server's side of a phase.
type server struct {
	PhaseRun
	ctx    context.Context
	policy *mpc.Policy
	engine mpc.Engine
	s      *tensor.Session
	index  int
	report *PhaseReport
}

// part waits for this server's part of an owner's item.
func (sv *server) part(what, owner string) (mpc.Part, error) {
	return sv.Box.Part(sv.ctx, Item{what, owner})
}

// standardise adds the owners' exact sums and delivers the totals to them.
func (sv *server) standardise() error {
	permit, err := sv.policy.Permit(RevealStandardiser)
	if err != nil {
		return err
	}
	total, err := sv.totalSums()
	if err != nil {
		return err
	}
	sv.s.In("standardiser", -1, func() {
		d := newDelivered(delivered{wide: sv.engine.DeliverWide(total, permit)})
		err = sv.deliver(ItemStandardiser, sv.Job.OwnerNames(), d)
	})
	return err
}

func (sv *server) totalSums() (total mpc.Arith, err error) {
	for i, o := range sv.Job.OwnerNames() {
		part, err := sv.part(ItemSums, o)
		if err != nil {
			return total, err
		}
		if i > 0 && part.Len() != total.Len() {
			return total, fmt.Errorf("owner %s handed in %d words of sums, and %s %d: want one schema", o, part.Len(), sv.Job.OwnerNames()[0], total.Len())
		}
		sums := sv.engine.InputWide(part)
		if i > 0 {
			sums = sv.engine.AddWide(total, sums)
		}
		total = sums
	}
	return total, nil
}

// trainAndPublish fits the model and opens it to those who may have it.
func (sv *server) trainAndPublish() error {
	model, err := sv.train()
	if err != nil || len(sv.Job.Audience(RevealModel)) == 0 {
		return err
	}
	return sv.publish(RevealModel, ItemModel, flatten(state(model)))
}

// train takes the rows of all owners, in the order of the job, and fits the
// model.
func (sv *server) train() (train.Model, error) {
	x, y, err := sv.rows()
	if err != nil {
		return nil, err
	}
	alarm, err := sv.policy.Permit(RevealOverflow)
	if err != nil {
		return nil, err
	}
	model, err := sv.model(x.Shape()[1])
	if err != nil {
		return nil, err
	}
	c := sv.Job.training(x.Shape()[1], x.Rows())
	c.Alarm = alarm
	if err = sv.earlyStopping(&c, x, y); err != nil {
		return nil, err
	}
	if text := sv.Job.longWarmUp(x.Rows()); text != "" {
		sv.emit(Event{Kind: EventWarning, Message: text})
	}
	sv.watchProgress(&c, sv.Job.fitRows(x.Rows()))
	if err := train.Fit(sv.s, model, x, y, c); err != nil {
		return nil, sv.explain(err)
	}
	return model, nil
}

func (sv *server) rows() (x, y tensor.Secret, err error) {
	var parts []tensor.Part
	var targets []tensor.Secret
	width := 0
	for _, o := range sv.Job.OwnerNames() {
		part, err := sv.part(ItemFeatures, o)
		if err != nil {
			return x, y, err
		}
		y, n, err := sv.targets(o)
		if err != nil {
			return x, y, err
		}
		if width, err = sv.width(o, part.Len(), n, width); err != nil {
			return x, y, err
		}
		parts, targets = append(parts, part), append(targets, y)
	}
	return sv.s.InputRows(parts, width), tensor.Concat(targets...), nil
}

// width returns how many columns an owner's n rows have, as many as those of the
// owners before it and as the job says, if it does.
func (sv *server) width(owner string, numbers, n, before int) (int, error) {
	if shape := sv.Job.inputShape(); before == 0 && shape != nil {
		before = blueprint.Size(shape)
	}
	if before == 0 && n > 0 && numbers%n == 0 {
		before = numbers / n
	}
	if n == 0 || before == 0 || numbers != n*before {
		return 0, fmt.Errorf("owner %s handed in %d rows and %d numbers, want rows of %d", owner, n, numbers, before)
	}
	return before, nil
}

// explain turns a training error into one that says what to change.
func (sv *server) explain(err error) error {
	if errors.Is(err, train.ErrDiverged) {
		return fmt.Errorf("%w; no model was written: lower train.learning_rate (now %g)", err, sv.Job.Train.LearningRate)
	}
	return err
}
