package tensor_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// TestSeededRunsRepeat has roundings of the secure engine come again with a seed,
// and others with another.
func TestSeededRunsRepeat(t *testing.T) {
	run := func(seed uint64) []float64 {
		r := tensortest.Secure(t, tensortest.Options{Seed: seed}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
			return []tensor.Secret{in[0].Mul(in[0]).Rescale(16)}, nil
		}, tensor.NewDense(thirds(60), 60))
		require.NoError(t, r.Err)
		return r.Values[0].Data()
	}
	require.Equal(t, run(7), run(7))
	require.NotEqual(t, run(7), run(8))
}

func thirds(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i) / 3
	}
	return x
}
