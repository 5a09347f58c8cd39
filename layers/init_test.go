package layers_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// weights returns what a layer of 200 to 150 begins with, on both engines.
func weights(t *testing.T, init func() layers.Init) tensor.Dense {
	t.Helper()
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, _ []tensor.Secret) ([]tensor.Secret, error) {
		l := layers.NewLinear(s, "linear", 200, 150)
		l.Init(init())
		return []tensor.Secret{l.W.Value, l.B.Value}, nil
	})
	require.Equal(t, inClear.Values, secure.Values, "initial weights are the same everywhere")
	for _, b := range secure.Values[1].Data() {
		require.Zero(t, b)
	}
	return secure.Values[0]
}

// Each initialisation has the mean, deviation and largest magnitude of its name.
func TestInit(t *testing.T) {
	const in, out, n = 200., 150., 200 * 150
	for name, tc := range map[string]struct {
		init      func(seed uint64) layers.Init
		deviation float64
		uniform   bool
	}{
		"he normal":      {layers.HeNormal, math.Sqrt(2 / in), false},
		"he uniform":     {layers.HeUniform, math.Sqrt(2 / in), true},
		"glorot normal":  {layers.GlorotNormal, math.Sqrt(2 / (in + out)), false},
		"glorot uniform": {layers.GlorotUniform, math.Sqrt(2 / (in + out)), true},
		"torch":          {layers.Torch, math.Sqrt(1 / (3 * in)), true},
	} {
		t.Run(name, func(t *testing.T) {
			w := weights(t, func() layers.Init { return tc.init(7) })
			sum, squares, largest, beyond := 0., 0., 0., 0
			for _, v := range w.Data() {
				sum, squares, largest = sum+v, squares+v*v, max(largest, math.Abs(v))
				if math.Abs(v) > 2*tc.deviation {
					beyond++
				}
			}
			require.InDelta(t, 0, sum/n, 5*tc.deviation/math.Sqrt(n))
			require.InEpsilon(t, tc.deviation, math.Sqrt(squares/n), .03)
			if tc.uniform {
				require.InEpsilon(t, tc.deviation*math.Sqrt(3), largest, .001)
				require.Zero(t, beyond)
				return
			}
			require.Less(t, largest, 6*tc.deviation)
			require.InDelta(t, .0455, float64(beyond)/n, .006)
		})
	}
}

// Seeds, and layers of a network, have weights of their own; the same seed has the
// same.
func TestSeeds(t *testing.T) {
	of := func(seed uint64) tensor.Dense { return weights(t, func() layers.Init { return layers.HeNormal(seed) }) }
	require.Equal(t, of(1), of(1))
	require.NotEqual(t, of(1), of(2))
	r := tensortest.Clear(t, tensortest.Options{}, func(s *tensor.Session, _ []tensor.Secret) ([]tensor.Secret, error) {
		n, err := layers.Build(s, []layers.Spec{{Kind: "linear", Out: 3}, {Kind: "linear", Out: 3}}, []int{3}, 1)
		require.NoError(t, err)
		return []tensor.Secret{n.Params()[0].Value, n.Params()[2].Value}, nil
	})
	require.NotEqual(t, r.Values[0], r.Values[1])
}

// Dropout keeps its share of the elements, scales them up, uses the same mask
// backwards, another one for each batch, and none when it is used.
func TestDropout(t *testing.T) {
	const rows, cols, p = 64, 32, .25
	x := tensor.Zeros(rows, cols)
	for i := range x.Data() {
		x.Data()[i] = 3
	}
	secure, inClear := tensortest.Both(t, tensortest.Options{Exact: true}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		l := layers.NewDropout("dropout", p, 5)
		y := l.Forward(in[0])
		dx := l.Backward(in[0])
		again := l.Forward(in[0])
		l.SetTraining(false)
		return []tensor.Secret{y, dx, again, l.Forward(in[0]), l.Backward(in[0])}, nil
	}, x)
	require.Equal(t, inClear.Values, secure.Values)
	v, kept := secure.Values, 0
	require.Equal(t, v[0], v[1])
	require.NotEqual(t, v[0], v[2])
	require.Equal(t, x, v[3])
	require.Equal(t, x, v[4])
	for _, y := range v[0].Data() {
		if y != 0 {
			kept++
			require.InDelta(t, 3/(1-p), y, 3./(1<<13)+unit)
		}
	}
	require.InDelta(t, 1-p, float64(kept)/(rows*cols), .05)
}

// A probability or a slope of 0 is one: what is built of it drops nothing, and is
// ReLU.
func TestZeroIsNoDefault(t *testing.T) {
	x := random(1, 16, 2, 8, 4)
	secure, _ := tensortest.Both(t, tensortest.Options{Exact: true}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		net, err := layers.Build(s, []layers.Spec{{Kind: "dropout"}}, []int{4}, 1)
		require.NoError(t, err)
		leaky, err := layers.Build(s, []layers.Spec{{Kind: "leaky_relu"}}, []int{4}, 1)
		require.NoError(t, err)
		y := net.Forward(in[0])
		return []tensor.Secret{y, net.Backward(y), leaky.Forward(in[0]), layers.NewReLU("relu").Forward(in[0])}, nil
	}, x)
	require.Equal(t, x, secure.Values[0])
	require.Equal(t, x, secure.Values[1])
	require.Equal(t, secure.Values[3], secure.Values[2])
}
