package blueprint_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

type options map[string]float64

func list(t require.TestingT, items ...any) []blueprint.Layer {
	var all []blueprint.Layer
	for i := 0; i < len(items); i += 2 {
		l, err := blueprint.New(items[i].(string), optionsOf(items[i+1]))
		require.NoError(t, err)
		all = append(all, l)
	}
	return all
}

func optionsOf(item any) options {
	o, _ := item.(options)
	return o
}

// nets are networks with their input shape and what Forward may differ by from the
// arithmetic of 16 fraction bits.
func nets(t require.TestingT) map[string]struct {
	input  []int
	list   []blueprint.Layer
	within float64
} {
	type net = struct {
		input  []int
		list   []blueprint.Layer
		within float64
	}
	return map[string]net{
		"dense":       {[]int{5}, list(t, "linear", options{"out": 7}, "relu", nil, "linear", options{"out": 3}), 1e-3},
		"no offsets":  {[]int{2, 3, 3}, list(t, "conv2d", options{"out": 3, "kernel": 2, "bias": 0}, "flatten", nil, "linear", options{"out": 2, "bias": 0}), 1e-3},
		"images flat": {[]int{1, 3, 2}, list(t, "linear", options{"out": 4}), 1e-3},
		"activations": {[]int{6}, list(t, "leaky_relu", options{"slope": .2}, "sigmoid", nil, "tanh", nil, "silu", nil, "gelu", nil, "dropout", nil), 2e-3},
		"convolution": {[]int{4, 7, 6}, list(t, "conv2d", options{"out": 6, "kernel": 3, "stride": 2, "padding": 1, "groups": 2}), 1e-3},
		"lenet": {[]int{1, 12, 12}, list(t, "conv2d", options{"out": 3, "kernel": 3}, "max_pool2d", options{"kernel": 2}, "relu", nil,
			"conv2d", options{"out": 2, "kernel": 2, "padding": 1}, "avg_pool2d", options{"kernel": 2}, "flatten", nil, "linear", options{"out": 2}), 2e-3},
		"norm":  {[]int{2, 3, 2}, list(t, "batch_norm", nil, "flatten", nil, "batch_norm", nil, "linear", options{"out": 2}), 5e-3},
		"pools": {[]int{2, 5, 5}, list(t, "max_pool2d", options{"kernel": 3, "stride": 2, "padding": 1}, "avg_pool2d", options{"kernel": 2, "stride": 1, "padding": 1}), 1e-3},
	}
}

// TestForwardIsTheNetwork builds every network on secrets, opens its weights and
// outputs, and applies the weights in the clear.
func TestForwardIsTheNetwork(t *testing.T) {
	for name, net := range nets(t) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				n, width := rapid.IntRange(1, 3).Draw(t, "rows"), blueprint.Size(net.input)
				x := tensor.NewDense(rapid.SliceOfN(rapid.Float64Range(-2, 2), n*width, n*width).Draw(t, "x"), n, width)
				_, out, weights := onSecrets(t, net.list, net.input, x)
				params, err := blueprint.Params(net.list, net.input)
				require.NoError(t, err)
				require.Equal(t, blueprint.Count(params), len(weights))
				plain, err := blueprint.NewNetwork(net.list, net.input, weights)
				require.NoError(t, err)
				require.InDeltaSlice(t, out, plain.Forward(x.Data()), net.within)
				require.Equal(t, len(out), n*plain.Outputs())
			})
		})
	}
}

// TestLeastOptions builds every kind with each option at its minimum, where a 0 is a
// 0: a slope of 0 is ReLU, and dropout with p = 0 drops nothing in training either.
func TestLeastOptions(t *testing.T) {
	for _, kind := range blueprint.Kinds() {
		t.Run(kind, func(t *testing.T) {
			known, err := blueprint.Options(kind)
			require.NoError(t, err)
			least := options{}
			for _, o := range known {
				least[o.Name] = o.Min
			}
			net, input := list(t, kind, least), []int{2, 3, 2}
			if kind == "linear" {
				input = []int{12}
			}
			rapid.Check(t, func(t *rapid.T) {
				x := tensor.NewDense(rapid.SliceOfN(rapid.Float64Range(-2, 2), 12, 12).Draw(t, "x"), 1, 12)
				training, out, weights := onSecrets(t, net, input, x)
				plain, err := blueprint.NewNetwork(net, input, weights)
				require.NoError(t, err)
				require.InDeltaSlice(t, plain.Forward(x.Data()), out, 5e-3)
				if kind != "batch_norm" { // which takes the mean of the batch
					require.InDeltaSlice(t, out, training, 1e-3)
				}
			})
		})
	}
}

// onSecrets returns the outputs of a network in training and in use, on the clear
// engine, and its weights; and checks names and shapes of them.
func onSecrets(t *rapid.T, list []blueprint.Layer, input []int, x tensor.Dense) (training, out, weights []float64) {
	params, err := blueprint.Params(list, input)
	require.NoError(t, err)
	run := tensortest.Clear(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		net, err := blueprint.Build(s, list, input, 7)
		if err != nil {
			return nil, err
		}
		all := append(append([]*layers.Param{}, net.Params()...), net.Buffers()...)
		require.Len(t, all, len(params))
		opened := []tensor.Secret{net.Forward(in[0])} // and moves running statistics
		net.SetTraining(false)
		opened = append(opened, net.Forward(in[0]))
		for i, p := range all {
			require.Equal(t, params[i].Name, p.Name)
			require.Equal(t, params[i].Shape, p.Value.Shape())
			opened = append(opened, p.Value)
		}
		return opened, nil
	}, x)
	require.NoError(t, run.Err)
	for _, v := range run.Values[2:] {
		weights = append(weights, v.Data()...)
	}
	return run.Values[0].Data(), run.Values[1].Data(), weights
}

func TestKindsAreThoseOfLayers(t *testing.T) {
	require.Subset(t, layers.Kinds(), blueprint.Kinds())
}

func TestJSON(t *testing.T) {
	text, err := json.Marshal(list(t, "conv2d", options{"out": 20, "kernel": 5}, "relu", nil, "max_pool2d", options{"kernel": 2}, "dropout", options{"p": .25}))
	require.NoError(t, err)
	require.JSONEq(t, `[{"conv2d":{"out":20,"kernel":5,"stride":1,"padding":0,"groups":1,"init":"he_normal"}},
		"relu",{"max_pool2d":{"kernel":2,"stride":2,"padding":0}},{"dropout":{"p":0.25}}]`, string(text))
	text, err = json.Marshal(list(t, "linear", options{"out": 3, "bias": 0}, "linear", options{"out": 2, "bias": 1}))
	require.NoError(t, err)
	require.JSONEq(t, `[{"linear":{"out":3,"init":"he_normal","bias":false}},{"linear":{"out":2,"init":"he_normal"}}]`, string(text))
	_, err = json.Marshal(blueprint.Layer{Kind: "linear"})
	require.ErrorContains(t, err, "linear has no out")
}

func TestBadLayers(t *testing.T) {
	for want, f := range map[string]func() error{
		`blueprint: no kind of layer is named "dense", want one of linear, `: func() error { _, err := blueprint.New("dense", nil); return err },
		`blueprint: linear has no out`:                                       func() error { _, err := blueprint.New("linear", nil); return err },
		`blueprint: linear: out is 0, want a whole number from 1 to 1048576`: func() error { _, err := blueprint.New("linear", options{"out": 0}); return err },
		`blueprint: relu has no option "slope"`:                              func() error { _, err := blueprint.New("relu", options{"slope": 1}); return err },
		`blueprint: dropout: p is 1, want a number from 0 to 0.99`:           func() error { _, err := blueprint.New("dropout", options{"p": 1}); return err },
	} {
		require.ErrorContains(t, f(), want)
	}
}

// TestMisfits names the first layer that does not fit.
func TestMisfits(t *testing.T) {
	for want, c := range map[string]struct {
		input []int
		list  []blueprint.Layer
	}{
		"blueprint: linear1: got rows of shape 2×3×3": {[]int{1, 4, 4}, list(t, "conv2d", options{"out": 2, "kernel": 2}, "linear", options{"out": 2})},
		"blueprint: conv2d1: got rows of shape 4":     {[]int{4}, list(t, "conv2d", options{"out": 2, "kernel": 2})},
		"blueprint: max_pool2d1: ":                    {[]int{1, 4, 4}, list(t, "max_pool2d", options{"kernel": 5})},
		"makes more than 67108864 numbers":            {[]int{1 << 20}, list(t, "linear", options{"out": 1 << 20})},
		"got no layers":                               {[]int{4}, nil},
	} {
		_, err := blueprint.Check(c.list, c.input)
		require.ErrorContains(t, err, want)
	}
	_, err := blueprint.NewNetwork(list(t, "linear", options{"out": 2}), []int{3}, make([]float64, 9))
	require.EqualError(t, err, "blueprint: got 9 weights, want 8")
}

func TestZero(t *testing.T) {
	_, weights := onSecretsOnce(t)
	require.Equal(t, make([]float64, 12), weights)
}

func onSecretsOnce(t *testing.T) (out, weights []float64) {
	rapid.Check(t, func(t *rapid.T) {
		_, out, weights = onSecrets(t, []blueprint.Layer{blueprint.Zero(3)}, []int{3}, tensor.Zeros(1, 3))
	})
	return out, weights
}
