//go:build !purego

package ring

// tilingAVX512 multiplies with VPMULLQ.
func tilingAVX512() *tiling {
	return &tiling{
		lanes: 8, width: 24, blockK: 256, rows: []int{8, 4, 2, 1},
		tiles: [][]tileFunc{
			{tile8x8AVX512, tile8x16AVX512, tile8x24AVX512},
			{tile4x8AVX512, tile4x16AVX512, tile4x24AVX512},
			{tile2x8AVX512, tile2x16AVX512, tile2x24AVX512},
			{tile1x8AVX512, tile1x16AVX512, tile1x24AVX512},
		},
		turn: transpose8AVX512, lines: copyRowsAVX512,
	}
}

// tilingPairs512 multiplies pairs of steps of k ([Winograd68]) with VPMULLQ. Products of
// fewer than 32 rows or columns or 64 steps are measured to be faster without.
func tilingPairs512() *pairTiling {
	return &pairTiling{
		tiling: tiling{lanes: 8, width: 16, whole: true, blockK: 512, rows: []int{8, 4, 2, 1}, turn: transpose8AVX512, lines: copyRowsAVX512},
		few:    tilingAVX512(),
		worth:  func(m, k, n int) bool { return min(m, n) >= 32 && k >= 64 },
		pairs: [][]pairTile{
			{pairs8x8AVX512, pairs8x16AVX512},
			{pairs4x8AVX512, pairs4x16AVX512},
			{pairs2x8AVX512, pairs2x16AVX512},
			{pairs1x8AVX512, pairs1x16AVX512},
		},
		row: pairRowAVX512, cols: pairColsAVX512,
	}
}

// tilingAVX2 multiplies with VPMULUDQ and VPMULLD.
func tilingAVX2() *tiling {
	return &tiling{
		lanes: 4, width: 8, blockK: 256, rows: []int{2, 1},
		tiles: [][]tileFunc{
			{tile2x4AVX2, tile2x8AVX2},
			{tile1x4AVX2, tile1x8AVX2},
		},
		turn: transpose4AVX2, lines: copyRowsAVX2,
	}
}

// tiling52 multiplies with VPMADD52LUQ and VPDPWSSD.
func tiling52() *preparedTiling {
	return &preparedTiling{
		tiling: tiling{lanes: 8, width: 16, blockK: 192, turn: transpose8AVX512},
		few:    tilingAVX512(), minM: 8, blockM: 256,
		tiles: [][]preparedTile{{tile1x852, tile1x1652}, {tile2x852, tile2x1652}, {tile3x852, tile3x1652}, {tile4x852, tile4x1652}},
		rows:  packRows52, cols: packLeft52, right: []rightPacking{packRight852, packRight1652},
	}
}

// tilingPairs multiplies pairs of steps of k ([Winograd68]) with VPMULUDQ and VPMULLD.
func tilingPairs() *rowTiling {
	return &rowTiling{
		tiling: tiling{lanes: 4, width: 20, blockK: 128, turn: transpose4AVX2, lines: copyRowsAVX2},
		few:    tilingAVX2(), minM: 3, blockM: 256,
		cols:     []pairPacking{pairCols4AVX2, pairCols8AVX2, pairCols12AVX2, pairCols16AVX2, pairCols20AVX2},
		products: []pairProduct{pairs4AVX2, pairs8AVX2, pairs12AVX2, pairs16AVX2, pairs20AVX2},
	}
}
