package ring

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// hugeViews are views whose last element is far outside eight words, at a place
// that an int cannot count.
var hugeViews = []Matrix{
	{Rows: 9, Cols: 1, RowStride: 1 << 60, ColStride: 1},
	{Rows: 5, Cols: 1, RowStride: 1 << 62, ColStride: 1},
	{Rows: 3, Cols: 1, RowStride: math.MaxInt, ColStride: 1},
	{Rows: 2, Cols: 2, RowStride: math.MaxInt, ColStride: math.MaxInt},
	{Rows: 1 << 32, Cols: 2, RowStride: 1 << 32, ColStride: 1},
	{Rows: math.MaxInt, Cols: math.MaxInt, RowStride: 1, ColStride: 1},
}

func TestHugeStridesPanic(t *testing.T) { eachLevel(t, testHugeStrides) }

func testHugeStrides(t *testing.T) {
	for _, v := range hugeViews {
		t.Run(fmt.Sprint(v), func(t *testing.T) {
			v.Data = make([]uint64, 8)
			column := Matrix{Data: make([]uint64, 1), Rows: v.Cols, Cols: 1}
			dst := Matrix{Data: make([]uint64, 1), Rows: v.Rows, Cols: 1}
			err := shapePanic(t, func() { MatMulAdd(dst, v, column) })
			require.Contains(t, err.Error(), v.shape())
			shapePanic(t, func() { MatMulAdd(dst.T(), column.T(), v.T()) })
			shapePanic(t, func() { MatMulAdd(v, dst, column.T()) })
		})
	}
}

// The stride of a single row or column is never used.
func TestUnusedStridesAreFree(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for _, m := range []int{1, 2, 17, 64} {
			a := Matrix{Data: words(newRand(1), m), Rows: m, Cols: 1, RowStride: 1, ColStride: 1 << 60}
			b := Matrix{Data: words(newRand(2), m), Rows: 1, Cols: m, RowStride: 1 << 60, ColStride: 1}
			dst, intact := guarded(t, make([]uint64, m*m))
			MatMulAdd(Dense(dst, m, m), a, b)
			for i := range m {
				for j := range m {
					require.Equal(t, a.Data[i]*b.Data[j], dst[i*m+j])
				}
			}
			intact()
		}
	})
}

// Destinations with an element in two places are refused, and no others.
func TestCoincidingElementsPanic(t *testing.T) {
	for rows := range 5 {
		for cols := range 5 {
			for rowStride := range 8 {
				for colStride := range 8 {
					dst := Matrix{Data: make([]uint64, 64), Rows: rows, Cols: cols, RowStride: rowStride, ColStride: colStride}
					run := func() {
						MatMulAdd(dst, Dense(make([]uint64, rows), rows, 1), Dense(make([]uint64, cols), 1, cols))
					}
					places := map[int]bool{}
					for i := range rows {
						for j := range cols {
							places[i*rowStride+j*colStride] = true
						}
					}
					if len(places) == rows*cols {
						run()
					} else {
						shapePanic(t, run)
					}
				}
			}
		}
	}
}

func TestAreasThatWrapPanic(t *testing.T) {
	shapePanic(t, func() { Dense(nil, 1<<32, 1<<32) })
	shapePanic(t, func() { Dense(nil, 1<<62, 4) })
	shapePanic(t, func() { Dense(make([]uint64, 4), -2, -2) })
	shapePanic(t, func() { Transpose(nil, nil, 1<<32, 1<<32) })
	shapePanic(t, func() { Transpose(nil, nil, 0, -1) })
}

func TestWindowsThatWrapPanic(t *testing.T) {
	for _, w := range []Window{
		{Channels: 1, Height: -1, Width: -1, PadH: 3, PadW: 3},
		{Channels: 1, Height: 0, Width: 1, PadH: 3, PadW: 3},
		{Channels: 1, Height: 1, Width: 1, PadH: 1 << 62},
		{Channels: 1 << 31, Height: 1 << 31, Width: 4},
		{Channels: 1 << 30, Height: 1 << 30, Width: 16},
		{Channels: 0, Height: 1 << 62, Width: 1, PadH: 1 << 61},
	} {
		w.KernelH, w.KernelW, w.StrideH, w.StrideW = 1, 1, 1, 1
		n := w.Channels * w.Height * w.Width
		image, matrix := make([]uint64, max(n, 0)), make([]uint64, max(w.Rows()*w.Cols(), 0)%1024)
		shapePanic(t, func() { Im2Col(matrix, image, w) })
		shapePanic(t, func() { Col2Im(image, matrix, w) })
	}
	w := Window{Channels: 1, Height: 1, Width: 1, KernelH: 1, KernelW: 1, StrideH: 1, StrideW: math.MaxInt, PadW: 1}
	shapePanic(t, func() { Im2Col(make([]uint64, 1), make([]uint64, 1), w) })
}
