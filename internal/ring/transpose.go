package ring

import "math"

// Transpose writes the transpose of the row-major rows×cols matrix src to dst,
// row-major cols×rows. dst must not overlap src.
func Transpose(dst, src []uint64, rows, cols int) {
	wantRange("Transpose", "rows", rows, 0, math.MaxInt)
	wantRange("Transpose", "cols", cols, 0, math.MaxInt)
	wantArea("Transpose", "src", len(src), "rows*cols", rows, cols)
	wantArea("Transpose", "dst", len(dst), "rows*cols", rows, cols)
	const tile = 8 // one cache line of words each way
	for i := 0; i < rows; i += tile {
		for j := 0; j < cols; j += tile {
			transposeTile(dst, src, rows, cols, i, j, min(i+tile, rows), min(j+tile, cols))
		}
	}
}

// transposeTile moves rows i0 to i1-1 and columns j0 to j1-1.
func transposeTile(dst, src []uint64, rows, cols, i0, j0, i1, j1 int) {
	for i := i0; i < i1; i++ {
		row := src[i*cols : (i+1)*cols]
		for j := j0; j < j1; j++ {
			dst[j*rows+i] = row[j]
		}
	}
}
