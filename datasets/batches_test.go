package datasets_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/datasets"
)

func collect(n, size int, seed uint64, epoch int, shuffle bool) [][]int {
	var all [][]int
	for b, rows := range datasets.Batches(n, size, seed, epoch, shuffle) {
		if b != len(all) {
			panic("batches are not numbered in order")
		}
		all = append(all, rows)
	}
	return all
}

func TestBatchesInOrder(t *testing.T) {
	require.Equal(t, [][]int{{0, 1, 2}, {3, 4, 5}, {6}}, collect(7, 3, 1, 0, false))
	require.Equal(t, [][]int{{0, 1, 2}, {3, 4, 5}}, collect(6, 3, 1, 0, false))
	require.Equal(t, [][]int{{0, 1}}, collect(2, 5, 1, 0, false))
	require.Empty(t, collect(0, 5, 1, 0, true))
}

// TestBatchesAreFixed: all servers must compute the same order, also with
// another version of this program or of Go.
func TestBatchesAreFixed(t *testing.T) {
	require.Equal(t, [][]int{{9, 0, 5, 8}, {2, 4, 1, 3}, {7, 6}}, collect(10, 4, 1, 0, true))
}

func TestEveryRowOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, size := rapid.IntRange(0, 200).Draw(t, "n"), rapid.IntRange(1, 50).Draw(t, "size")
		batches := collect(n, size, rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 9).Draw(t, "epoch"), true)
		rows := slices.Concat(batches...)
		slices.Sort(rows)
		require.Equal(t, slices.Concat(collect(n, size, 0, 0, false)...), rows)
		for b, batch := range batches {
			if b < len(batches)-1 {
				require.Len(t, batch, size)
			}
		}
	})
}

// TestShuffleIsUniform counts the permutations of three rows over 6000 seeds
// and 6000 epochs: 1000 each, with a deviation of 29.
func TestShuffleIsUniform(t *testing.T) {
	bySeed, byEpoch := map[[3]int]int{}, map[[3]int]int{}
	for i := range 6000 {
		bySeed[[3]int(collect(3, 3, uint64(i), 0, true)[0])]++
		byEpoch[[3]int(collect(3, 3, 7, i, true)[0])]++
	}
	for _, counts := range []map[[3]int]int{bySeed, byEpoch} {
		require.Len(t, counts, 6)
		for _, count := range counts {
			require.InDelta(t, 1000, count, 150)
		}
	}
}

func TestBatchesMayStop(t *testing.T) {
	for b := range datasets.Batches(10, 1, 1, 0, true) {
		if b == 2 {
			return
		}
		require.Less(t, b, 2)
	}
}

func TestBatchesRefuse(t *testing.T) {
	require.PanicsWithValue(t, "datasets: got batches of 0 rows of 5, want at least 1 of at least 0", func() { datasets.Batches(5, 0, 1, 0, true) })
	require.Panics(t, func() { datasets.Batches(-1, 1, 1, 0, true) })
}
