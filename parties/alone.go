package parties

import (
	"context"
	"errors"
	"slices"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/train"
)

// alone trains the same model on the owner's rows only, in the clear, as it could
// without the others. It returns nil, and warns, if that cannot be done: the joint
// model stands without the comparison.
func (o *OwnerSide) alone(ctx context.Context) *Model {
	job := *o.job
	job.Data.Owners = []Owner{{Name: o.name}}
	job.Data.Test, job.Data.SiteIntercepts = nil, false
	job.Reveal = []Reveal{{RevealModel, Audience{o.name}}, {RevealStandardiser, Audience{o.name}}, {RevealOverflow, Everyone()}, {RevealEarlyStop, Everyone()}}
	self := &OwnerSide{job: &job, name: o.name, train: o.train, warn: func(string, ...any) {}}
	job.Start, self.start = o.startAlone()
	if job.Data.Standardise != StandardiseJoint {
		self.standard, self.unit = o.standard, o.unit
	}
	sub := &run{job: &job, desk: newDesk(), servers: 1, opt: Options{Engine: EngineClear}, owners: []*OwnerSide{self}}
	inside, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	switch err := sub.all(inside, cancel); {
	case errors.Is(err, train.ErrDiverged):
		o.warn("owner %s: training on its own rows alone diverges; its comparison is left out", o.name)
	case err != nil && ctx.Err() == nil:
		o.warn("owner %s: no comparison with training on its own rows alone: %v", o.name, err)
	}
	return self.model
}

// policy returns the reveal list as the engine checks it.
func (j *Job) policy() *mpc.Policy {
	var lines []mpc.Line
	for _, line := range j.Reveal {
		lines = append(lines, mpc.Line{What: line.What, To: slices.Clone(line.To)})
	}
	return mpc.NewPolicy(lines...)
}
