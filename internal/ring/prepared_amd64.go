//go:build !purego

package ring

// A preparedTile is a tile kernel that takes both operands as they were packed
// for it; see the comments in the generated stubs.
type preparedTile func(tiles, pairs int, a, low *uint64, stride int, b, c *uint64, crs int, mask uint64)

// A rightPacking packs a panel of the right operand.
type rightPacking func(k int, dst, src *uint64, srs int, mask uint64)

// A preparedTiling is a tiling of such kernels. Both operands are packed by pairs of
// steps of k: a block of rows of the left one, and a panel of columns of the right
// one, over which every row passes.
type preparedTiling struct {
	tiling
	few    *tiling          // for fewer rows than minM, where packing does not pay
	minM   int              // at least the rows of a product that is packed
	blockM int              // rows of a that are packed together, a multiple of 8
	tiles  [][]preparedTile // tiles[r][v] is r+1 rows high and v+1 registers wide

	// These pack the left operand to panels of four rows, and the right one; see the stubs.
	rows  func(k int, dst, low, src *uint64, srs, rows int)                            // four contiguous rows
	cols  func(k int, dst, low *uint64, stride int, src *uint64, srs int, mask uint64) // eight rows in contiguous columns
	right []rightPacking                                                               // by registers of columns
}

// Words of a packed pair of steps, of four rows and of 16 columns.
const pairLeft, pairLow, pairRight = 8, 2, 64

// A preparedScratch is memory for one product.
type preparedScratch struct {
	left, right, copied []uint64
	low, stride         int // where the low parts of a panel of the left operand are, and the next panel
}

// matMul is dst += a·b.
func (t *preparedTiling) matMul(p product) {
	if p.dst.Rows < t.minM {
		t.few.matMul(p)
		return
	}
	block := t.steps(p.a.Cols)
	s, buf := t.scratch(block, p.dst.Rows, p.dst.Cols)
	defer buf.release()
	for k := 0; k < p.a.Cols; k += block {
		steps := p.steps(k, min(k+block, p.a.Cols))
		for i := 0; i < p.dst.Rows; i += t.blockM {
			t.block(steps.rows(i, min(i+t.blockM, p.dst.Rows)), &s)
		}
	}
}

// steps is how many of k are packed together, a multiple of 8. Blocks are of about one
// length, since a tile costs as much to put together after a few steps as after many.
func (t *preparedTiling) steps(k int) int {
	blocks := (k + t.blockK - 1) / t.blockK
	return (k + 8*blocks - 1) / (8 * blocks) * 8
}

// scratch is memory for a product with so many steps in a block, of so many rows by
// columns.
func (t *preparedTiling) scratch(steps, rows, cols int) (preparedScratch, *scratch) {
	if rows = min(rows, t.blockM); cols <= t.width {
		rows = min(rows, 8) // all are packed to one place
	}
	pairs := steps / 2
	s := preparedScratch{low: pairLeft * pairs, stride: (pairLeft + pairLow) * pairs}
	right, left := pairRight*pairs, s.stride*((rows+7)/8*2)
	buf := getScratch(right + left + t.width*steps)
	s.right, s.left, s.copied = buf.words[:right], buf.words[right:right+left], buf.words[right+left:]
	return s, buf
}

// block is a product of no more rows and steps of k than are packed together. Rows are
// packed when the first panel needs them, and all to the same place if there is no other.
func (t *preparedTiling) block(p product, s *preparedScratch) {
	pairs, next := (p.a.Cols+1)/2, 2*s.stride
	if p.dst.Cols <= t.width {
		next = 0
	}
	first := p.cols(0, min(t.width, p.dst.Cols))
	t.packRight(first.b, s)
	for i, left := 0, s.left; i < p.dst.Rows; i, left = i+8, left[next:] {
		t.packLeft(left, p.a.rows(i, min(i+8, p.a.Rows)), s)
		t.panel(first.dst.rows(i, min(i+8, p.dst.Rows)), pairs, left, s)
	}
	for j := t.width; j < p.dst.Cols; j += t.width {
		panel := p.cols(j, min(j+t.width, p.dst.Cols))
		t.packRight(panel.b, s)
		t.panel(panel.dst, pairs, s.left, s)
	}
}

// packLeft packs up to 8 rows of the left operand.
func (t *preparedTiling) packLeft(dst []uint64, a Matrix, s *preparedScratch) {
	if a.RowStride == 1 {
		t.cols(a.Cols, &dst[0], &dst[s.low], s.stride, &a.Data[0], a.ColStride, 1<<a.Rows-1)
		return
	}
	if a.ColStride != 1 {
		d := Dense(s.copied[:a.Rows*a.Cols], a.Rows, a.Cols)
		copyMatrix(d, a)
		a = d
	}
	for i := 0; i < a.Rows; i += 4 {
		to := dst[i/4*s.stride:]
		t.rows(a.Cols, &to[0], &to[s.low], &a.Data[i*a.RowStride], a.RowStride, a.Rows-i)
	}
}

// packRight packs a panel of the right operand.
func (t *preparedTiling) packRight(b Matrix, s *preparedScratch) {
	if b.ColStride != 1 {
		d := Dense(s.copied[:b.Rows*b.Cols], b.Rows, b.Cols)
		t.copy(d, b)
		b = d
	}
	t.right[(b.Cols-1)/t.lanes](b.Rows, &s.right[0], &b.Data[0], b.RowStride, 1<<b.Cols-1)
}

// panel is c += a·b with c at most one tile wide.
func (t *preparedTiling) panel(c Matrix, pairs int, a []uint64, s *preparedScratch) {
	v := (c.Cols - 1) / t.lanes
	mask := uint64(1)<<(c.Cols-v*t.lanes) - 1
	whole := c.Rows / 4
	if whole > 0 {
		t.tiles[3][v](whole, pairs, &a[0], &a[s.low], s.stride, &s.right[0], &c.Data[0], c.RowStride, mask)
	}
	if rest := c.Rows % 4; rest > 0 {
		a = a[whole*s.stride:]
		t.tiles[rest-1][v](1, pairs, &a[0], &a[s.low], s.stride, &s.right[0], &c.Data[4*whole*c.RowStride], c.RowStride, mask)
	}
}
