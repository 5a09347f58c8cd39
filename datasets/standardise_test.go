package datasets_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/tensor"
)

func standardiser(t require.TestingT, table *datasets.Table) datasets.Standardiser {
	st, err := datasets.FromSums(table.Features, datasets.SumsOf(table))
	require.NoError(t, err)
	return st
}

// grid is what cells are rounded to, which moves mean and deviation by at most
// half of it.
const grid = 1. / (1 << 40)

// TestNothingCancels: deviations that a sum of squares in float64 loses.
func TestNothingCancels(t *testing.T) {
	for _, c := range []struct {
		values          []float64
		mean, deviation float64
	}{
		{[]float64{1e6, 1e6 + 1}, 1e6 + 0.5, 0.5},
		{[]float64{1e12, 1e12 - 1, 1e12 - 2}, 1e12 - 1, math.Sqrt(2. / 3)},
		{[]float64{-1e9 + 0.125, -1e9}, -1e9 + 0.0625, 0.0625},
		{[]float64{1e12, -1e12}, 0, 1e12},
		{[]float64{1e-4, 3e-4}, 2e-4, 1e-4},
		{[]float64{0, 0, 0, 4}, 1, math.Sqrt(3)},
	} {
		st := standardiser(t, column(c.values...))
		require.Empty(t, st.Constant)
		require.InDelta(t, c.mean, st.Mean[0], grid/2+1e-16*math.Abs(c.mean), "%v", c.values)
		require.InDelta(t, c.deviation, st.Scale[0], grid/2+2e-16*c.deviation, "%v", c.values)
	}
}

// TestWholeNumbersAreExact: no rounding to the grid, so nothing but the last
// rounding to float64 is left.
func TestWholeNumbersAreExact(t *testing.T) {
	st := standardiser(t, column(999_999_999_999, 999_999_999_997))
	require.Equal(t, 999_999_999_998.0, st.Mean[0])
	require.Equal(t, 1.0, st.Scale[0])
}

func TestConstantColumn(t *testing.T) {
	for _, v := range []float64{0, 0.1, -7, 1e12} {
		table := column(v, v, v)
		st := standardiser(t, table)
		require.Equal(t, []string{"x"}, st.Constant)
		require.Equal(t, 1.0, st.Scale[0])
		require.InDeltaSlice(t, []float64{0, 0, 0}, st.Apply(table.X).Data(), 1e-12)
	}
	require.Equal(t, []string{"x"}, standardiser(t, column(5)).Constant, "one row")
	require.Equal(t, []string{"x"}, standardiser(t, column(1e-13, 2e-13)).Constant, "below the grid")
}

// TestStandardised columns have mean 0 and deviation 1.
func TestStandardised(t *testing.T) {
	for _, hospital := range datasets.Heart() {
		st := standardiser(t, hospital.Train)
		z := st.Apply(hospital.Train.X)
		n, d := z.Shape()[0], z.Shape()[1]
		for j := range d {
			var sum, squares float64
			for i := range n {
				sum += z.At(i, j)
				squares += z.At(i, j) * z.At(i, j)
			}
			require.InDelta(t, 0, sum/float64(n), 1e-10)
			want := 1.0
			for _, name := range st.Constant {
				if name == st.Features[j] {
					want = 0
				}
			}
			require.InDelta(t, want, squares/float64(n), 1e-9, "%s %s", hospital.Name, st.Features[j])
		}
	}
}

func TestFromSumsRefuses(t *testing.T) {
	good := datasets.SumsOf(column(1, 2, 4))
	for _, c := range []struct {
		want  string
		spoil func(s *datasets.Sums)
	}{
		{"got sums of 3 words, want 6 for 1 features", func(s *datasets.Sums) { s.Words = s.Words[:3] }},
		{"got sums of 0 rows, want 1 to 2147483648", func(s *datasets.Sums) { s.Rows = 0 }},
		{"got sums of 2147483649 rows, want 1 to 2147483648", func(s *datasets.Sums) { s.Rows = datasets.MaxRows + 1 }},
		{`the sums of feature "x" are not those of 1 rows`, func(s *datasets.Sums) { s.Rows = 1 }},
		{`the sums of feature "x" are not those of 3 rows`, func(s *datasets.Sums) { s.Words[0]++ }},
		{`the sums of feature "x" are not those of 3 rows`, func(s *datasets.Sums) { s.Words[5] = 1 << 63 }},
	} {
		s := datasets.Sums{Rows: good.Rows, Words: append([]uint64(nil), good.Words...)}
		c.spoil(&s)
		_, err := datasets.FromSums([]string{"x"}, s)
		require.EqualError(t, err, "datasets: "+c.want)
	}
}

// TestUnstandardise: the model in original units gives the same logits.
func TestUnstandardise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.IntRange(1, 6).Draw(t, "d")
		number := rapid.Float64Range(-50, 50)
		st := datasets.Identity(make([]string, d))
		coefficients, x := make([]float64, d), make([]float64, d)
		for j := range d {
			st.Mean[j], st.Scale[j] = number.Draw(t, "mean"), rapid.Float64Range(0.1, 10).Draw(t, "scale")
			coefficients[j], x[j] = number.Draw(t, "coefficient"), number.Draw(t, "x")
		}
		intercept := number.Draw(t, "intercept")
		z := st.Apply(tensor.NewDense(x, 1, d)).Data()
		inUnits, interceptInUnits := st.Unstandardise(coefficients, intercept)
		require.InDelta(t, linear(coefficients, z, intercept), linear(inUnits, x, interceptInUnits), 1e-8)
	})
}

func linear(c, x []float64, b float64) float64 {
	for j := range c {
		b += c[j] * x[j]
	}
	return b
}

func TestIdentityAndExtend(t *testing.T) {
	x := tensor.NewDense([]float64{3, 4}, 1, 2)
	require.Equal(t, x, datasets.Identity([]string{"a", "b"}).Apply(x))
	st := standardiser(t, column(1, 3)).Extend("site_north")
	require.Equal(t, datasets.Standardiser{Features: []string{"x", "site_north"}, Mean: []float64{2, 0}, Scale: []float64{1, 1}}, st)
	text, err := json.Marshal(st)
	require.NoError(t, err)
	require.JSONEq(t, `{"features":["x","site_north"],"mean":[2,0],"scale":[1,1]}`, string(text))
}

func TestStandardiserRefusesOtherShapes(t *testing.T) {
	st := datasets.Identity([]string{"a", "b"})
	require.PanicsWithValue(t, "datasets: got an array of shape 1×3, want two axes with 2 columns", func() { st.Apply(tensor.Zeros(1, 3)) })
	require.PanicsWithValue(t, "datasets: got an array of shape 2, want two axes with 2 columns", func() { st.Apply(tensor.Zeros(2)) })
	require.PanicsWithValue(t, "datasets: got 1 coefficients, want 2", func() { st.Unstandardise([]float64{1}, 0) })
}

func TestApplyCopies(t *testing.T) {
	table := column(1, 3)
	standardiser(t, table).Apply(table.X)
	require.Equal(t, []float64{1, 3}, table.X.Data())
}
