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
