package tensor_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
)

func sixNumbers() tensor.Dense {
	return tensor.NewDense([]float64{1, 2, 3, 4, 5, 6}, 3, 2)
}

func TestDenseShape(t *testing.T) {
	d := sixNumbers()
	require.Equal(t, []int{3, 2}, d.Shape())
	require.Equal(t, 2, d.Dims())
	require.Equal(t, 6, d.Len())
	require.Equal(t, 4.0, d.At(1, 1))
	require.Equal(t, 5.0, tensor.NewDense(d.Data(), 3, 2, 1).At(2, 0, 0))
	d.Shape()[0] = 7
	require.Equal(t, []int{3, 2}, d.Shape(), "Shape is a copy")
}

func TestDenseEmpty(t *testing.T) {
	require.Equal(t, 0, tensor.Dense{}.Len())
	require.Equal(t, 0, tensor.Zeros(0, 3).Len())
	require.Equal(t, []int{0, 2}, sixNumbers().Rows(3, 3).Shape())
}

func TestDenseViewsShareElements(t *testing.T) {
	d := sixNumbers()
	d.Row(1).Data()[0] = 30
	d.Rows(1, 3).Data()[3] = 60
	require.Equal(t, []float64{1, 2, 30, 4, 5, 60}, d.Data())
	require.Equal(t, []int{2}, d.Row(1).Shape())
	require.Equal(t, []int{2, 2}, d.Rows(1, 3).Shape())
	require.Equal(t, []int{3, 2}, d.Shape(), "a view has a shape of its own")

	view := d.Rows(0, 1).Data()
	_ = append(view, 99)
	require.Equal(t, 30.0, d.At(1, 0), "appending to a view leaves the rest alone")
}

func TestDenseGatherCopies(t *testing.T) {
	d := sixNumbers()
	g := d.Gather([]int{2, 0, 2})
	require.Equal(t, []float64{5, 6, 1, 2, 5, 6}, g.Data())
	require.Equal(t, []int{3, 2}, g.Shape())
	g.Data()[0] = 0
	require.Equal(t, 5.0, d.At(2, 0))
	require.Equal(t, []int{0, 2}, d.Gather(nil).Shape())
	require.Equal(t, []float64{3, 1}, tensor.NewDense([]float64{1, 2, 3}, 3).Gather([]int{2, 0}).Data())
}

func TestDenseMisusePanics(t *testing.T) {
	d := sixNumbers()
	for want, misuse := range map[string]func(){
		"tensor: got 2 values, want 6 for shape 3×2":                    func() { tensor.NewDense(make([]float64, 2), 3, 2) },
		"tensor: no array has shape -1×2":                               func() { tensor.Zeros(-1, 2) },
		fmt.Sprintf("tensor: no array has shape %d×2", math.MaxInt/2+1): func() { tensor.Zeros(math.MaxInt/2+1, 2) },
		"tensor: got index [1] with 1 numbers, want 2 for shape 3×2":    func() { d.At(1) },
		"tensor: index [0 2] is outside of shape 3×2":                   func() { d.At(0, 2) },
		"tensor: index [-1 0] is outside of shape 3×2":                  func() { d.At(-1, 0) },
		"tensor: row -1 is outside of shape 3×2":                        func() { d.Row(-1) },
		"tensor: rows [2, 1) are outside of shape 3×2":                  func() { d.Rows(2, 1) },
		"tensor: row 3 is outside of shape 3×2":                         func() { d.Gather([]int{0, 3}) },
		"tensor: got an array without axes, want one with rows":         func() { tensor.Dense{}.Row(0) },
	} {
		require.PanicsWithValue(t, want, misuse)
	}
}

func TestDenseFormat(t *testing.T) {
	require.Equal(t, "Dense(3×2)[1 2 3 4 5 6]", fmt.Sprint(sixNumbers()))
	require.Equal(t, "Dense(2)[0.333333 -2]", fmt.Sprintf("%v", tensor.NewDense([]float64{1. / 3, -2}, 2)))
	require.Equal(t, "Dense(2)[0.3 -2.0]", fmt.Sprintf("%.1f", tensor.NewDense([]float64{1. / 3, -2}, 2)))
	require.Equal(t, "Dense(3×4)[0 0 0 0 0 0 0 0 …]", fmt.Sprintf("%s", tensor.Zeros(3, 4)))
	require.Equal(t, "Dense()[]", fmt.Sprint(tensor.Dense{}))
}
