//go:build !purego

package ring

// A pairProduct adds a·b to at most width columns of c, row by row; see the comments
// in the generated stubs. m, k > 0.
type pairProduct func(m, k int, a *uint64, ars int, ca, b, cb, c *uint64, crs int, mask uint64)

// A pairPacking packs a panel of b with the sums over its columns.
type pairPacking func(k int, dst, sums, src *uint64, srs int, mask uint64)

// A rowTiling multiplies pairs of steps of k ([Winograd68]) with tiles of one row. The
// tile reads all of a panel of b for every row of c, so a panel is small enough for the
// first cache level and always packed: where they are, its rows might fall on few lines of it.
type rowTiling struct {
	tiling
	few      *tiling       // for fewer rows than minM, where the sums over columns do not pay
	minM     int           // at least the rows of a product by pairs
	blockM   int           // rows of a that pass over each panel in turn, from the second cache level
	cols     []pairPacking // cols[v] is v+1 registers wide
	products []pairProduct // as cols
}

// matMul is dst += a·b.
func (t *rowTiling) matMul(p product) {
	if p.dst.Rows < t.minM {
		t.few.matMul(p)
		return
	}
	s := getScratch((t.blockK+1)*t.width + t.blockM*(t.leftStride()+1))
	defer s.release()
	step := evenly(p.b.Rows, t.blockK)
	for k := 0; k < p.b.Rows; k += step {
		at := p.steps(k, min(k+step, p.b.Rows))
		for i := 0; i < p.dst.Rows; i += t.blockM {
			t.block(at.rows(i, min(i+t.blockM, p.dst.Rows)), s.words)
		}
	}
}

// evenly is the size of the parts that n is cut into, the fewest of at most size steps,
// so that the last is not much smaller than the others. It is even, as size has to be.
func evenly(n, size int) int {
	parts := (n + size - 1) / size
	return ((n+parts-1)/parts + 1) &^ 1
}

// leftStride is the distance of rows of a packed left operand: a cache line more than
// they have, so that they do not fall on few lines of the cache.
func (t *rowTiling) leftStride() int { return t.blockK + 8 }

// block does at most blockM rows and blockK steps of k.
func (t *rowTiling) block(p product, s []uint64) {
	colSums, s := s[:t.width], s[t.width:]
	panel, s := s[:t.blockK*t.width], s[t.blockK*t.width:]
	rowSums, s := s[:t.blockM], s[t.blockM:]
	a, c := t.packLeft(s, p.a), p.dst
	pairRowsAVX2(a.Rows, a.Cols, &rowSums[0], &a.Data[0], a.RowStride)
	for j := 0; j < c.Cols; j += t.width {
		j1 := min(j+t.width, c.Cols)
		b := p.b.cols(j, j1)
		b = t.pack(panel, b, b.ColStride == 1)
		v := (b.Cols - 1) / t.lanes
		mask := uint64(1)<<(b.Cols-v*t.lanes) - 1
		t.cols[v](b.Rows, &panel[0], &colSums[0], &b.Data[0], b.RowStride, mask)
		t.products[v](a.Rows, a.Cols, &a.Data[0], a.RowStride, &rowSums[0], &panel[0], &colSums[0], &c.Data[j], c.RowStride, mask)
	}
}

// packLeft is a with contiguous rows, in buf unless they are so.
func (t *rowTiling) packLeft(buf []uint64, a Matrix) Matrix {
	if a.ColStride == 1 {
		return a
	}
	d := Matrix{Data: buf, Rows: a.Rows, Cols: a.Cols, RowStride: t.leftStride(), ColStride: 1}
	t.copy(d, a)
	return d
}
