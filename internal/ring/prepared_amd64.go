//go:build !purego

package ring

// A preparedTile is a tile kernel that takes words made from either operand
// beside it; see the comments in the generated stubs. k > 0.
type preparedTile func(k int, a *uint64, ars int, ca *uint64, cars int, b *uint64, brs int, cb, c *uint64, crs int, mask uint64)

// A preparedTiling is a tiling of such kernels. It packs the right operand as a
// tiling does, and the left one where its rows are not contiguous.
type preparedTiling struct {
	tiling
	few      *tiling                                         // for fewer rows than minM, where preparing does not pay
	minM     int                                             // at least the rows of a product that is prepared
	blockM   int                                             // rows of a that are prepared together
	prepared [][]preparedTile                                // as tiling.tiles
	leftLen  func(k int) int                                 // how many words are made from k of a row of a
	left     func(dst, row []uint64)                         // makes them
	right    func(k int, dst, src *uint64, srs, vectors int) // makes those of so many registers of b, at most k of a column
}

// A preparedBlock is a block of the left operand: contiguous rows, and the words
// made from them.
type preparedBlock struct {
	a      Matrix
	made   []uint64
	stride int // words made from a row
}

// matMul is dst += a·b.
func (t *preparedTiling) matMul(p product) {
	if p.dst.Rows < t.minM {
		t.few.matMul(p)
		return
	}
	s := getScratch(2*t.blockK*t.width + 2*t.blockM*t.blockK)
	defer s.release()
	inPlace := usable(p.b)
	for k := 0; k < p.a.Cols; k += t.blockK {
		steps := p.steps(k, min(k+t.blockK, p.a.Cols))
		for i := 0; i < p.dst.Rows; i += t.blockM {
			t.block(steps.rows(i, min(i+t.blockM, p.dst.Rows)), inPlace, s.words)
		}
	}
}

// block is a product of no more rows and steps of k than are prepared together.
func (t *preparedTiling) block(p product, inPlace bool, s []uint64) {
	size := t.blockK * t.width
	packed, made, left := s[:size], s[size:2*size], s[2*size:]
	a := t.packLeft(left, p.a)
	for j := 0; j < p.dst.Cols; j += t.width {
		panel := p.cols(j, min(j+t.width, p.dst.Cols))
		t.panel(panel.dst, &a, t.pack(packed, panel.b, inPlace), made)
	}
}

// packLeft prepares a block of the left operand.
func (t *preparedTiling) packLeft(buf []uint64, a Matrix) preparedBlock {
	if a.ColStride != 1 {
		d := Dense(buf[:a.Rows*a.Cols], a.Rows, a.Cols)
		t.copy(d, a)
		a = d
	}
	n := t.leftLen(a.Cols)
	b := preparedBlock{a: a, made: buf[t.blockM*t.blockK:], stride: n}
	for i := range a.Rows {
		t.left(b.made[i*n:(i+1)*n], a.Data[i*a.RowStride:][:a.Cols])
	}
	return b
}

// panel is c += a·b with c and b at most one tile wide; made is scratch.
func (t *preparedTiling) panel(c Matrix, a *preparedBlock, b Matrix, made []uint64) {
	v := (c.Cols - 1) / t.lanes
	mask := uint64(1)<<(c.Cols-v*t.lanes) - 1
	t.right(b.Rows, &made[0], &b.Data[0], b.RowStride, v+1)
	i := 0
	for h, rows := range t.rows {
		for tile := t.prepared[h][v]; i+rows <= c.Rows; i += rows {
			tile(b.Rows, &a.a.Data[i*a.a.RowStride], a.a.RowStride, &a.made[i*a.stride], a.stride, &b.Data[0], b.RowStride, &made[0],
				&c.Data[i*c.RowStride], c.RowStride, mask)
		}
	}
}
