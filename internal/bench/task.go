package bench

import (
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train"
)

// task is what a training step is of.
type task struct {
	name    string
	row     []int // shape of a row of x
	classes int   // columns of y, of which a row has at most one 1
	coarse  int   // low bits of a number that ReLU and maxima do not look at
	build   func(s *tensor.Session) train.Model
	rule    train.SGD

	batch, steps int // steps in a lap, the first of an epoch not counted
}

// Tasks returns the names of what training steps are measured of, in the order of
// the run.
func Tasks() []string {
	var names []string
	for _, t := range (plan{}).tasks() {
		names = append(names, t.name)
	}
	return names
}

// tasks are logistic regression, with batch 128 and 30 features, and the networks.
func (p plan) tasks() []task {
	sgd := train.SGD{LearningRate: .05, Momentum: .9}
	return []task{
		p.regression("lr_step", layers.Minimax5()),
		p.regression("lr_step_minimax3", layers.Minimax3()),
		{name: "network_a", row: []int{784}, classes: 10, build: networkA, rule: sgd, batch: p.images, steps: max(1, p.steps/4)},
		{name: "lenet", row: []int{1, 28, 28}, classes: 10, coarse: 8, build: leNet, rule: sgd, batch: p.images, steps: 2},
	}
}

func (p plan) regression(name string, sigmoid layers.Activation) task {
	return task{
		name: name, row: []int{features}, classes: 1, rule: train.SGD{LearningRate: .1, Momentum: .9, L2: .001},
		batch: batch, steps: p.steps,
		build: func(s *tensor.Session) train.Model { return train.NewLogisticRegression(s, features, sigmoid) },
	}
}

// network tells whether the task is one of many layers.
func (t task) network() bool { return t.classes > 1 }

// networkA is 784-128-128-10 with ReLU.
func networkA(s *tensor.Session) train.Model {
	l1, l2, l3 := layers.NewLinear(s, "linear 1", 784, 128), layers.NewLinear(s, "linear 2", 128, 128), layers.NewLinear(s, "linear 3", 128, 10)
	initialise(l1, l2, l3)
	return train.NewNetwork(layers.NewSequential("a",
		l1, layers.NewReLU("relu 1"), l2, layers.NewReLU("relu 2"), l3), layers.SoftmaxCrossEntropy{})
}

// leNet is conv 20@5×5, pool, conv 50@5×5, pool, dense 500, dense 10, with ReLU
// behind each but the last, as examples/mnist/lenet.yaml has it.
func leNet(s *tensor.Session) train.Model {
	c1 := layers.NewConv2D(s, "conv 1", 1, 20, tensor.Square(5, 1, 0), 1)
	c2 := layers.NewConv2D(s, "conv 2", 20, 50, tensor.Square(5, 1, 0), 1)
	l1, l2 := layers.NewLinear(s, "linear 1", 800, 500), layers.NewLinear(s, "linear 2", 500, 10)
	initialise(c1, c2, l1, l2)
	pool := func(name string) *layers.MaxPool2D { return layers.NewMaxPool2D(name, tensor.Square(2, 2, 0)) }
	return train.NewNetwork(layers.NewSequential("lenet",
		c1, pool("pool 1"), layers.NewReLU("relu 1"), c2, pool("pool 2"), layers.NewReLU("relu 2"),
		layers.NewFlatten("flatten"), l1, layers.NewReLU("relu 3"), l2), layers.SoftmaxCrossEntropy{})
}

func initialise(list ...interface{ Init(layers.Init) }) {
	for _, l := range list {
		l.Init(layers.HeNormal(1))
	}
}
