package datasets_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
)

func TestRealTarget(t *testing.T) {
	table, err := read("age,target,bmi\n40,-1.5,20\n50,2e3,22\n", datasets.RealTarget())
	require.NoError(t, err)
	require.Equal(t, []float64{-1.5, 2000}, table.Y.Data())
	for text, want := range map[string]string{
		"age,target\n1,high\n": `north.csv:2: column 2 "target": got "high", want a number (fill in a number or remove the row)`,
		"age,target\n1,NaN\n":  `north.csv:2: column 2 "target": got "NaN", want a finite number (fill it in or remove the row)`,
		"age,target\n1,1e13\n": `north.csv:2: column 2 "target": got "1e13", want a magnitude of at most 1e+12 (state the column in a larger unit)`,
	} {
		_, err := read(text, datasets.RealTarget())
		require.EqualError(t, err, want)
	}
}

func TestWithTarget(t *testing.T) {
	table, err := read("age,target,bmi\n40,-1,20\n50,3,22\n", datasets.RealTarget())
	require.NoError(t, err)
	wide := table.WithTarget()
	require.Equal(t, []string{"age", "bmi", "target"}, wide.Features)
	require.Equal(t, []float64{40, 20, -1, 50, 22, 3}, wide.X.Data())
	require.Equal(t, `north.csv:3: column 2 "target"`, wide.Where(1, 2))
	require.Equal(t, []string{"age", "bmi"}, table.Features)

	st, err := datasets.FromSums(wide.Features, datasets.SumsOf(wide))
	require.NoError(t, err)
	rest, mean, scale := st.CutLast()
	require.Equal(t, 1.0, mean)
	require.Equal(t, 2.0, scale)
	want, err := datasets.FromSums(table.Features, datasets.SumsOf(table))
	require.NoError(t, err)
	require.Equal(t, want, rest)
	require.Panics(t, func() { datasets.Identity(nil).CutLast() })
}
