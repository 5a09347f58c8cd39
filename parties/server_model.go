package parties

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train"
)

// model makes the job's model for rows of this many columns.
func (sv *server) model(columns int) (train.Model, error) {
	switch sv.Job.Model {
	case LogisticRegression:
		sigmoid, err := layers.NewSigmoid(string(sv.Job.Train.Sigmoid))
		if err != nil {
			return nil, err
		}
		model := train.NewLogisticRegression(sv.s, columns, sigmoid)
		return model, sv.begin(model, []int{columns})
	case LinearRegression:
		model := train.NewLinearRegression(sv.s, columns)
		return model, sv.begin(model, []int{columns})
	}
	return sv.network(columns)
}

func (sv *server) network(columns int) (train.Model, error) {
	input := sv.Job.inputShape()
	if input == nil {
		input = []int{columns}
	}
	if n := blueprint.Size(input); n != columns {
		return nil, fmt.Errorf("the owners handed in rows of %d numbers, want %d", columns, n)
	}
	net, err := blueprint.Build(sv.s, sv.Job.network(), input, sv.Job.Train.Seed)
	if err != nil {
		return nil, err
	}
	model := train.NewNetwork(net, sv.Job.loss())
	return model, sv.begin(model, input)
}

// loss returns the loss of a network.
func (j *Job) loss() layers.Loss {
	switch j.task() {
	case predictsClasses:
		return layers.SoftmaxCrossEntropy{}
	case predictsNumbers:
		return layers.MSE{}
	}
	return layers.BinaryCrossEntropy{}
}

// state returns all tensors that make up a model: the parameters, then the running
// statistics.
func state(model train.Model) []*layers.Param {
	all := append([]*layers.Param{}, model.Params()...)
	if n, ok := model.(*train.Network); ok {
		all = append(all, n.Layers.Buffers()...)
	}
	return all
}

// flatten returns all weights as one vector, parameter by parameter.
func flatten(params []*layers.Param) tensor.Secret {
	list := make([]tensor.Secret, len(params))
	for i, p := range params {
		list[i] = p.Value.Reshape(p.Value.Len())
	}
	return tensor.Concat(list...)
}

// targets takes an owner's targets, and says of how many rows they are.
func (sv *server) targets(owner string) (y tensor.Secret, n int, err error) {
	part, err := sv.part(ItemTargets, owner)
	if err != nil {
		return y, 0, err
	}
	outs := sv.Job.outputs()
	if n = part.Len() / outs; n == 0 || part.Len() != n*outs {
		return y, 0, fmt.Errorf("owner %s handed in %d targets, want %d for each row", owner, part.Len(), outs)
	}
	if sv.Job.task() == predictsNumbers {
		return sv.s.Input(part, n, outs), n, nil
	}
	return sv.s.InputIntegers(part).Reshape(n, outs), n, nil
}
