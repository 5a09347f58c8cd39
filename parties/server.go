package parties

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train"
)

// serve is what one server does, on either engine.
func (r *run) serve(ctx context.Context, e mpc.Engine, k int) error {
	s, err := tensor.NewSession(e, r.job.Number.FractionBits)
	if err != nil {
		return err
	}
	sv := &server{run: r, ctx: ctx, engine: e, s: s, index: k}
	if r.job.Data.Standardise == StandardiseJoint {
		if err := sv.standardise(); err != nil {
			return err
		}
	}
	model, err := sv.train()
	if err != nil {
		return err
	}
	if len(r.job.Audience(RevealModel)) == 0 {
		return nil
	}
	if err := sv.publish(RevealModel, itemModel, flatten(model)); err != nil {
		return err
	}
	return sv.pool()
}

// server is one server's side of a run.
type server struct {
	*run
	ctx    context.Context
	engine mpc.Engine
	s      *tensor.Session
	index  int
}

// part waits for this server's part of an owner's item.
func (sv *server) part(what, owner string) (mpc.Part, error) {
	return take[mpc.Part](sv.ctx, sv.desk, item{what, owner, sv.index})
}

// standardise adds the owners' exact sums and delivers the totals to them.
func (sv *server) standardise() error {
	permit, err := sv.policy.Permit(RevealStandardiser)
	if err != nil {
		return err
	}
	var total mpc.Arith
	for i, o := range sv.owners {
		part, err := sv.part(itemSums, o.name)
		if err != nil {
			return err
		}
		sums := sv.engine.InputWide(part)
		if i == 0 {
			total = sums
			continue
		}
		total = sv.engine.AddWide(total, sums)
	}
	sv.s.In("standardiser", -1, func() {
		d := sv.engine.DeliverWide(total, permit)
		for _, o := range sv.owners {
			sv.desk.leave(item{itemStandardiser, o.name, sv.index}, d)
		}
	})
	return nil
}

// train takes the rows of all owners, in the order of the job, and fits the
// model.
func (sv *server) train() (*train.LogisticRegression, error) {
	x, y, err := sv.rows()
	if err != nil {
		return nil, err
	}
	sigmoid, err := layers.NewSigmoid(string(sv.job.Train.Sigmoid))
	if err != nil {
		return nil, err
	}
	alarm, err := sv.policy.Permit(RevealOverflow)
	if err != nil {
		return nil, err
	}
	model := train.NewLogisticRegression(sv.s, x.Shape()[1], sigmoid)
	c := sv.job.training(x.Shape()[1])
	c.Alarm = alarm
	sv.watchProgress(&c, x.Rows())
	if err := train.Fit(sv.s, model, x, y, c); err != nil {
		return nil, sv.explain(err)
	}
	return model, nil
}

func (sv *server) rows() (x, y tensor.Secret, err error) {
	var xs, ys []tensor.Secret
	for _, o := range sv.owners {
		features, err := sv.part(itemFeatures, o.name)
		if err != nil {
			return x, y, err
		}
		targets, err := sv.part(itemTargets, o.name)
		if err != nil {
			return x, y, err
		}
		n := targets.Len()
		xs = append(xs, sv.s.Input(features, n, features.Len()/n))
		ys = append(ys, sv.s.InputIntegers(targets).Reshape(n, 1))
	}
	return tensor.Concat(xs...), tensor.Concat(ys...), nil
}

// flatten returns weights and intercept as one vector.
func flatten(m *train.LogisticRegression) tensor.Secret {
	w, b := m.Linear.W.Value, m.Linear.B.Value
	return tensor.Concat(w.Reshape(w.Len()), b.Reshape(b.Len()))
}

// training returns the settings of the job.
func (j *Job) training(features int) train.Config {
	t := j.Train
	c := train.Config{
		Epochs: t.Epochs, BatchSize: t.Batch, Seed: t.Seed, Shuffle: t.Shuffle,
		Optimizer: &train.SGD{LearningRate: t.LearningRate, Momentum: t.Momentum, L2: t.L2},
	}
	c.RowNorm = rowLimit(features)
	switch j.Data.Standardise {
	case StandardiseJoint:
		c.MeanSquare = 1
	case StandardiseRanges: // all within ±1
		c.MeanSquare, c.RowNorm = 1, math.Sqrt(float64(features+1))
	}
	return c
}

// rowLimit is the largest Euclidean norm that a scaled row of so many features,
// with a 1 for the intercept, may have; owners refuse others. A standardised row
// has a norm of about √features.
func rowLimit(features int) float64 { return max(256, 48*math.Sqrt(float64(features))) }

// explain turns a training error into one that says what to change.
func (sv *server) explain(err error) error {
	if errors.Is(err, train.ErrDiverged) {
		return fmt.Errorf("%w; no model was written: lower train.learning_rate (now %g)", err, sv.job.Train.LearningRate)
	}
	return err
}
