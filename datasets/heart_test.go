package datasets_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/tensor"
)

func TestHeart(t *testing.T) {
	rows := map[string][2]int{"cleveland": {251, 52}, "hungarian": {230, 62}, "switzerland": {85, 31}, "va": {107, 34}}
	hospitals := datasets.Heart()
	require.Len(t, hospitals, 4)
	for _, h := range hospitals {
		require.Equal(t, rows[h.Name], [2]int{h.Train.Rows(), h.Test.Rows()}, h.Name)
		require.NoError(t, datasets.Compare(hospitals[0].Train.Schema(), h.Train.Schema(), "cleveland", h.Name))
		require.NoError(t, datasets.Compare(h.Train.Schema(), h.Test.Schema(), "train", "test"))
	}
	require.Len(t, hospitals[0].Train.Features, 11)
	require.Equal(t, []float64{67, 1, 160, 108, 1, 1.5, 0, 0, 1, 0, 1}, hospitals[0].Train.X.Row(0).Data())
}

// TestExampleFiles: the tables that the examples name can be read.
func TestExampleFiles(t *testing.T) {
	for file, rows := range map[string]int{
		"wdbc/north.csv": 227, "wdbc/south.csv": 227, "wdbc/test.csv": 115,
		"pima/north.csv": 301, "pima/south.csv": 300, "pima/test.csv": 167,
	} {
		table, err := datasets.OpenCSV("../examples/"+file, "target")
		require.NoError(t, err)
		require.Equal(t, rows, table.Rows(), file)
	}
}

func TestAppendSite(t *testing.T) {
	x := tensor.NewDense([]float64{1, 2, 3, 4}, 2, 2)
	require.Equal(t, tensor.NewDense([]float64{1, 2, 0, 1, 0, 3, 4, 0, 1, 0}, 2, 5), datasets.AppendSite(x, 1, 3))
	require.Equal(t, []string{"site_north", "site_south"}, datasets.SiteFeatures([]string{"north", "south"}))
	require.Panics(t, func() { datasets.AppendSite(x, 3, 3) })
	require.Panics(t, func() { datasets.AppendSite(x.Row(0), 0, 3) })
}
