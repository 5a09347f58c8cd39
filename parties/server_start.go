package parties

import (
	"errors"
	"fmt"
	"strings"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train"
)

// begin gives the model the weights to start from, and freezes layers. Rows have
// this shape.
func (sv *server) begin(model train.Model, input []int) error {
	start := sv.Job.Start
	if start == nil {
		return nil
	}
	set := sv.setPublic
	if start.secret() {
		set = sv.setSecret
	}
	if err := set(state(model), input); err != nil {
		return err
	}
	return train.Freeze(model.Params(), start.Freeze...)
}

// setPublic sets the weights of a file that every server sees.
func (sv *server) setPublic(params []*layers.Param, input []int) error {
	known, err := blueprint.Params(sv.Job.startLayers(), input)
	if err != nil {
		return err
	}
	owner := sv.Job.startOwner()
	text, err := sv.Box.File(sv.ctx, Item{ItemStartFile, owner})
	if err != nil {
		return err
	}
	file, bad := sv.Job.parseStart("the model that owner "+owner+" handed in", text)
	if bad != nil {
		return bad
	}
	weights, bad := sv.Job.startWeights(file)
	if bad == nil {
		bad = sv.Job.checkStartWeights(file, weights, known)
	}
	if bad != nil {
		return bad
	}
	values := map[string]tensor.Dense{}
	for _, p := range weights {
		values[sv.paramName(p)] = tensor.NewDense(p.Data, p.Shape...)
	}
	return train.SetWeights(params, values)
}

// setSecret sets weights of which this server has a share. Which they are follows
// from the job.
func (sv *server) setSecret(params []*layers.Param, input []int) error {
	known, err := blueprint.Params(sv.Job.startLayers(), input)
	if err != nil {
		return err
	}
	owner, taken := sv.Job.Start.Owner, sv.Job.startParams(known)
	part, err := sv.part(ItemStart, owner)
	if err != nil {
		return err
	}
	if got, want := part.Len(), blueprint.Count(taken); got != want {
		return fmt.Errorf("owner %s handed in %d weights to start from, want %d", owner, got, want)
	}
	sv.s.Temporary(func() {
		all := sv.s.Input(part, part.Len()).Shift(sv.s.WeightBits() - sv.s.FractionBits())
		err = train.SetSecretWeights(params, sv.cut(all, taken))
	})
	return err
}

// cut returns tensors, which lie one after another in a vector, by the names that they
// have in training.
func (sv *server) cut(all tensor.Secret, list []blueprint.Param) map[string]tensor.Secret {
	values, at := map[string]tensor.Secret{}, 0
	for _, p := range list {
		n := blueprint.Size(p.Shape)
		values[sv.paramName(p)] = all.Slice(at, at+n).Reshape(p.Shape...)
		at += n
	}
	return values
}

// paramName is what a parameter is called in training: the layer of a linear model
// has no number there.
func (sv *server) paramName(p blueprint.Param) string {
	if sv.Job.network() == nil {
		return strings.Replace(p.Name, "linear1.", "linear.", 1)
	}
	return p.Name
}

// CheckStartFile tells whether an owner's public model is the one that was agreed on and
// fits the job, for a server to which it is handed in.
func (j *Job) CheckStartFile(text []byte) error {
	file, err := j.parseStart("the file", text)
	if shape := j.inputShape(); err == nil && shape != nil {
		err = j.checkStartModel(file, shape)
	}
	if err != nil {
		return errors.New(err.Msg) // its owner does not have the job as this server writes it
	}
	return nil
}

// CheckStartCount tells whether so many weights of a secret model are as many as the
// job takes from it, if that follows from the job.
func (j *Job) CheckStartCount(n int) error {
	shape := j.inputShape()
	if shape == nil {
		return nil
	}
	known, err := blueprint.Params(j.startLayers(), shape)
	if err != nil {
		return err
	}
	if want := blueprint.Count(j.startParams(known)); n != want {
		return fmt.Errorf("%d weights, and the job takes %d (%s)", n, want, strings.Join(layerNames(j.startParams(known)), ", "))
	}
	return nil
}
