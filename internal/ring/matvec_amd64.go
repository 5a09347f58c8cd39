//go:build !purego

package ring

// A matVecFunc adds to four rows at a time; see the generated stubs.
type matVecFunc func(fours, k int, a *uint64, ars int, y, dst *uint64, drs int)

// matVecWith is dst += a·y for a column dst, with the kernels for four rows and
// for one.
func matVecWith(four matVecFunc, dot func(x, y []uint64) uint64) func(dst, a Matrix, y []uint64) {
	return func(dst, a Matrix, y []uint64) {
		if a.ColStride != 1 {
			matVecGo(dst, a, y)
			return
		}
		if dst.Rows >= 4 {
			four(dst.Rows/4, len(y), &a.Data[0], a.RowStride, &y[0], &dst.Data[0], dst.RowStride)
		}
		for i := dst.Rows &^ 3; i < dst.Rows; i++ {
			dst.Data[i*dst.RowStride] += dot(y, a.Data[i*a.RowStride:])
		}
	}
}
