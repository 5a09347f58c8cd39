package datasets_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
)

// TestSplitOfPublishedSets: the splits that the sets were published with.
func TestSplitOfPublishedSets(t *testing.T) {
	train, test, err := datasets.Split("wdbc", 569, 0.2)
	require.NoError(t, err)
	require.Equal(t, []int{7, 18, 19, 35, 42, 43, 45, 51, 56, 58}, test[:10])
	require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 8}, train[:8])
	for _, set := range []struct {
		name              string
		rows, train, test int
	}{
		{"wdbc", 569, 454, 115},
		{"pima", 768, 601, 167},
		{"heart_cleveland", 303, 251, 52},
		{"heart_hungarian", 292, 230, 62},
		{"heart_switzerland", 116, 85, 31},
		{"heart_va", 141, 107, 34},
	} {
		train, test, err := datasets.Split(set.name, set.rows, 0.2)
		require.NoError(t, err)
		require.Len(t, train, set.train, set.name)
		require.Len(t, test, set.test, set.name)
	}
}

func TestSplitFractions(t *testing.T) {
	const rows = 20_000
	for _, fraction := range []float64{1e-9, 0.01, 0.15, 1. / 3, 0.5, 0.75, 0.99} {
		train, test, err := datasets.Split("set", rows, fraction)
		require.NoError(t, err)
		require.Equal(t, rows, len(train)+len(test))
		deviation := math.Sqrt(fraction * (1 - fraction) * rows)
		require.InDelta(t, fraction*rows, float64(len(test)), 5*deviation+1, "fraction %v", fraction)
	}
	for _, fraction := range []float64{0, 1, -0.2, 1.5, 1e-10, 1 - 1e-10, math.NaN(), math.Inf(1)} {
		_, _, err := datasets.Split("set", 10, fraction)
		require.ErrorContains(t, err, "want between 0 and 1, such as 0.2", "fraction %v", fraction)
	}
}

// TestRowsKeepTheirSide when rows are added.
func TestRowsKeepTheirSide(t *testing.T) {
	_, few, err := datasets.Split("set", 100, 0.3)
	require.NoError(t, err)
	_, many, err := datasets.Split("set", 200, 0.3)
	require.NoError(t, err)
	require.Equal(t, few, many[:len(few)])
}

func TestTableSplit(t *testing.T) {
	table := mustRead(t, "x,target\n0,0\n1,1\n\n2,0\n3,1\n4,0\n5,1\n6,0\n7,1\n8,0\n9,1\n")
	train, test, err := table.Split("wdbc", 0.2)
	require.NoError(t, err)
	require.Equal(t, []float64{0, 1, 2, 3, 4, 5, 6, 8, 9}, train.X.Data())
	require.Equal(t, []float64{7}, test.X.Data())
	require.Equal(t, []float64{1}, test.Y.Data())
	require.Equal(t, table.Schema(), test.Schema())
	require.Equal(t, `north.csv:10: column 1 "x"`, test.Where(0, 0), "the place in the file is kept")
	_, _, err = table.Split("wdbc", 2)
	require.Error(t, err)

	_, none, err := table.Take([]int{0}).Split("wdbc", 0.2)
	require.NoError(t, err)
	require.Equal(t, []int{0, 1}, none.X.Shape(), "a part may be empty")
}
