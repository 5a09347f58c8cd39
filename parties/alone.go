package parties

import (
	"context"
	"errors"
	"slices"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/train"
)

// alone trains the same model on one owner's rows only, in the clear, as that
// owner could without the others. It returns nil, and warns, if that cannot be
// done: the joint model stands without the comparison.
func (r *run) alone(ctx context.Context, o *owner) *Model {
	job := *r.job
	job.Data.Owners = []Owner{r.job.Data.Owners[o.index]}
	job.Data.SiteIntercepts = false
	job.Train.Batch = min(job.Train.Batch, o.train.Rows())
	job.Reveal = []Reveal{{RevealModel, Audience{o.name}}, {RevealStandardiser, Audience{o.name}}, {RevealOverflow, Everyone()}}
	sub := &run{job: &job, desk: newDesk(), servers: 1, ranges: r.ranges, opt: Options{Engine: EngineClear}}
	sub.policy = job.policy()
	self := &owner{name: o.name, train: o.train}
	sub.owners = []*owner{self}
	inside, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	switch err := sub.all(inside, cancel); {
	case errors.Is(err, train.ErrDiverged):
		r.warn("owner %s: training on its own rows alone diverges; its comparison is left out", o.name)
	case err != nil && ctx.Err() == nil:
		r.warn("owner %s: no comparison with training on its own rows alone: %v", o.name, err)
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
