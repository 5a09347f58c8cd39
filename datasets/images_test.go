package datasets_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/datasets"
)

func array(t require.TestingT, source string, data []byte, dims ...int) *datasets.IDX {
	a, err := datasets.ReadIDX(bytes.NewReader(idx(data, dims...)), source)
	require.NoError(t, err)
	return a
}

func TestImages(t *testing.T) {
	pixels := array(t, "images", []byte{0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6}, 3, 2, 2)
	m, err := datasets.NewImages(pixels, array(t, "labels", []byte{2, 0, 1}, 3), 3)
	require.NoError(t, err)
	require.Equal(t, 3, m.Len())
	require.Equal(t, []int{1, 2, 2}, m.Shape())
	x := m.Dense(datasets.Pixel{})
	require.Equal(t, []int{3, 4}, x.Shape())
	require.InDeltaSlice(t, []float64{0, 0.2, 0.4, 0.6}, x.Row(0).Data(), 1e-15)
	require.Equal(t, []float64{2, 0, 1}, m.Targets().Data())
	require.InDelta(t, (0.2-0.1)/0.5, m.Dense(datasets.Pixel{Mean: 0.1, Deviation: 0.5}).At(0, 1), 1e-15)

	taken := m.Take([]int{2, 0})
	require.Equal(t, []byte{3, 4, 5, 6, 0, 51, 102, 153}, taken.Pixels)
	require.Equal(t, []byte{1, 2}, taken.Labels)
	require.Equal(t, m.Take([]int{1}).Dense(datasets.Pixel{}), m.Rows(1, 2).Dense(datasets.Pixel{}))

	colour, err := datasets.NewImages(array(t, "images", make([]byte, 24), 2, 3, 2, 2), array(t, "labels", []byte{0, 1}, 2), 2)
	require.NoError(t, err)
	require.Equal(t, []int{3, 2, 2}, colour.Shape())
}

// Files of earlier programs have a deviation of 0 for pixels from 0 to 1.
func TestPixelOfEarlierFiles(t *testing.T) {
	for text, want := range map[string]datasets.Pixel{
		`{"mean": 0, "deviation": 0}`:     {Deviation: 1},
		`{"mean": 0, "deviation": 1}`:     {Deviation: 1},
		`{"mean": 0.5, "deviation": 0.2}`: {Mean: .5, Deviation: .2},
	} {
		var got datasets.Pixel
		require.NoError(t, json.Unmarshal([]byte(text), &got))
		require.Equal(t, want, got)
	}
	require.Error(t, json.Unmarshal([]byte(`{"mean": "?"}`), new(datasets.Pixel)))
}

func TestImagesThatDoNotFit(t *testing.T) {
	pixels, labels := array(t, "images", make([]byte, 12), 3, 2, 2), array(t, "labels", []byte{2, 0, 1}, 3)
	for _, c := range []struct {
		pixels, labels *datasets.IDX
		classes        int
		want           string
	}{
		{labels, labels, 3, "labels: it is an array of 3, want images: rows × height × width (are images and labels mixed up?)"},
		{pixels, pixels, 3, "images: it is an array of 3×2×2, want one label for each image (are images and labels mixed up?)"},
		{pixels, array(t, "labels", []byte{1, 1}, 2), 3, "labels: it has 2 labels for the 3 images of images (take both files from the same set)"},
		{pixels, labels, 2, "labels: image 1 has the label 2, want 0 or 1 (state the right number of classes, or recode the labels)"},
		{pixels, labels, 1, "datasets: got 1 classes, want 2 to 256"},
	} {
		_, err := datasets.NewImages(c.pixels, c.labels, c.classes)
		require.EqualError(t, err, c.want)
	}
}

func TestDeal(t *testing.T) {
	hands, err := datasets.Deal(7, []float64{1, 1})
	require.NoError(t, err)
	require.Equal(t, [][]int{{0, 2, 4, 6}, {1, 3, 5}}, hands)
	for _, c := range []struct {
		rows   int
		shares []float64
		want   string
	}{
		{5, nil, "datasets: got 5 rows for 0 owners, want at least one row for each"},
		{1, []float64{1, 1}, "datasets: got 1 rows for 2 owners, want at least one row for each"},
		{5, []float64{1, 0}, "datasets: got a share of 0 of the rows, want more than 0, such as 0.5"},
		{5, []float64{1, -1}, "datasets: got a share of -1 of the rows, want more than 0, such as 0.5"},
		{5, []float64{1, 1e-3}, "datasets: a share of 0.001 of 5 rows is no row at all (owner 2)"},
	} {
		_, err := datasets.Deal(c.rows, c.shares)
		require.EqualError(t, err, c.want)
	}
}

// TestDealIsFair: every row once, ascending, and nobody is further than the
// number of owners from its due.
func TestDealIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shares := rapid.SliceOfN(rapid.Float64Range(0.05, 1), 1, 6).Draw(t, "shares")
		rows := rapid.IntRange(150, 500).Draw(t, "rows")
		hands, err := datasets.Deal(rows, shares)
		require.NoError(t, err)
		total, seen := 0.0, make([]bool, rows)
		for _, share := range shares {
			total += share
		}
		for k, hand := range hands {
			require.InDelta(t, shares[k]/total*float64(rows), float64(len(hand)), float64(len(shares)))
			for i, row := range hand {
				require.False(t, seen[row])
				require.True(t, i == 0 || hand[i-1] < row)
				seen[row] = true
			}
		}
		require.NotContains(t, seen, false)
	})
}
