package parties

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
)

func TestPackedValues(t *testing.T) {
	for _, v := range []tensor.Dense{tensor.NewDense([]float64{1, -2.5, 1e-300}, 3), tensor.NewDense([]float64{7}, 1, 1)} {
		packed, err := newDelivered(delivered{value: &v}).Pack()
		require.NoError(t, err)
		back, err := UnpackDelivered(packed)
		require.NoError(t, err)
		got, err := combine([]Delivered{back, back, back})
		require.NoError(t, err)
		require.Equal(t, v.Shape(), got.Shape())
		require.Equal(t, v.Len(), got.Len())
		for i, x := range v.Data() {
			require.Equal(t, x, got.Data()[i])
		}
	}
	_, err := Delivered{}.Pack()
	require.Error(t, err)
}

func FuzzUnpackDelivered(f *testing.F) {
	v := tensor.NewDense([]float64{1, 2, 3, 4}, 2, 2)
	packed, err := newDelivered(delivered{value: &v}).Pack()
	require.NoError(f, err)
	for _, seed := range [][]byte{nil, {0}, {1}, {2, 1, 2, 3}, {3}, packed, packed[:len(packed)-8], append(packed, 0)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := UnpackDelivered(b)
		if err != nil {
			return
		}
		again, err := d.Pack()
		require.NoError(t, err)
		require.Equal(t, b, again)
	})
}

// Servers that opened different values, or do not agree on who may see them, are
// found out.
func TestCombineComparesServers(t *testing.T) {
	a, b := tensor.NewDense([]float64{1, 2}, 2), tensor.NewDense([]float64{1, 3}, 2)
	da, db := newDelivered(delivered{value: &a}), newDelivered(delivered{value: &b})
	_, err := combine([]Delivered{da, da, db})
	require.ErrorContains(t, err, "servers 0 and 2 opened different values")
	_, err = combine([]Delivered{da, newDelivered(delivered{}), da})
	require.ErrorContains(t, err, "servers 0 and 1 do not agree on who may see the values")
	_, err = combine([]Delivered{da, {}, da})
	require.ErrorContains(t, err, "server 1 delivered nothing")
	_, err = combineWide([]Delivered{da, da, {}})
	require.ErrorContains(t, err, "server 2 delivered nothing")
}
