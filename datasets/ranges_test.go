package datasets_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/tensor"
)

func TestRanges(t *testing.T) {
	r, err := datasets.NewRanges([]string{"age", "unit"}, map[string][2]float64{"unit": {5, 5}, "age": {20, 100}})
	require.NoError(t, err)
	st := r.Standardiser()
	require.Equal(t, datasets.Standardiser{
		Features: []string{"age", "unit"}, Mean: []float64{60, 5}, Scale: []float64{40, 1}, Constant: []string{"unit"},
	}, st)
	require.Equal(t, []float64{-1, 0, 1, 0}, st.Apply(tensor.NewDense([]float64{20, 5, 100, 5}, 2, 2)).Data())
}

func TestRangesCheck(t *testing.T) {
	r, err := datasets.NewRanges([]string{"age"}, map[string][2]float64{"age": {0, 120}})
	require.NoError(t, err)
	require.NoError(t, r.Check(mustRead(t, "target,age\n0,0\n0,120\n")))
	require.EqualError(t, r.Check(mustRead(t, "target,age\n0,7\n\n0,121\n")),
		`north.csv:4: column 2 "age": got 121, want 0 to 120 as agreed (correct the cell or agree on a wider range)`)
	require.EqualError(t, r.Check(&datasets.Table{
		Source: "memory", Features: []string{"age"}, X: tensor.NewDense([]float64{-1}, 1, 1), Y: tensor.Zeros(1),
	}), `memory, row 1: column 1 "age": got -1, want 0 to 120 as agreed (correct the cell or agree on a wider range)`)
	require.EqualError(t, r.Check(mustRead(t, "target,bmi\n0,7\n")),
		`datasets: feature 1 is "bmi" in north.csv and "age" in the ranges`)
}

func TestNewRangesRefuses(t *testing.T) {
	for want, byName := range map[string]map[string][2]float64{
		`no range for feature "age", want one for every feature`:                      {},
		`got the range 2 to 1 for feature "age", want ends in order within ±1e+12`:    {"age": {2, 1}},
		`got the range 0 to NaN for feature "age", want ends in order within ±1e+12`:  {"age": {0, math.NaN()}},
		`got the range -Inf to 0 for feature "age", want ends in order within ±1e+12`: {"age": {math.Inf(-1), 0}},
		`a range is for "Age", which is no feature, did you mean "age"?`:              {"age": {0, 1}, "Age": {0, 1}, "z": {}},
		`a range is for "weight", which is no feature`:                                {"age": {0, 1}, "weight": {0, 1}},
	} {
		_, err := datasets.NewRanges([]string{"age"}, byName)
		require.EqualError(t, err, "datasets: "+want)
	}
}
