//go:build !purego

package ring

// A pairTile is a tile kernel that multiplies pairs of steps of k; see the comments in
// the generated stubs. k > 0.
type pairTile func(k int, a *uint64, ars, acs int, ca, b *uint64, brs int, cb, c *uint64, crs int, mask uint64)

// A pairTiling is a tiling of such kernels. Unlike a preparedTiling it takes the left
// operand as it is.
type pairTiling struct {
	tiling
	few   *tiling                                         // for products that are not worth the sums
	worth func(m, k, n int) bool                          // says which are
	pairs [][]pairTile                                    // as tiling.tiles
	row   func(k int, row *uint64) uint64                 // is the sum over the pairs of a row
	cols  func(k int, dst, src *uint64, srs, vectors int) // writes those of so many registers of columns
}

// matMul is dst += a·b.
func (t *pairTiling) matMul(p product) {
	if !t.worth(p.dst.Rows, p.a.Cols, p.dst.Cols) {
		t.few.matMul(p)
		return
	}
	s := getScratch((t.blockK+1)*t.width + p.dst.Rows)
	defer s.release()
	inPlace := usable(p.b)
	for k := 0; k < p.a.Cols; k += t.blockK {
		t.block(p.steps(k, min(k+t.blockK, p.a.Cols)), inPlace, s.words)
	}
}

// block is a product of no more steps of k than are packed together.
func (t *pairTiling) block(p product, inPlace bool, s []uint64) {
	packed, s := s[:t.blockK*t.width], s[t.blockK*t.width:]
	colSums, rowSums := s[:t.width], s[t.width:]
	t.sumRows(rowSums, p.a)
	for j := 0; j < p.dst.Cols; j += t.width {
		panel := p.cols(j, min(j+t.width, p.dst.Cols))
		b := t.pack(packed, panel.b, inPlace)
		t.cols(b.Rows, &colSums[0], &b.Data[0], b.RowStride, (b.Cols+t.lanes-1)/t.lanes)
		t.panel(panel.dst, p.a, b, rowSums, colSums)
	}
}

// sumRows writes the sums over the pairs of every row of a.
func (t *pairTiling) sumRows(dst []uint64, a Matrix) {
	i := 0
	switch {
	case a.ColStride == 1:
		for ; i < a.Rows; i++ {
			dst[i] = t.row(a.Cols, &a.Data[i*a.RowStride])
		}
	case a.RowStride == 1 && a.Rows >= t.lanes:
		i = a.Rows / t.lanes * t.lanes
		t.cols(a.Cols, &dst[0], &a.Data[0], a.ColStride, i/t.lanes)
	}
	s := getScratch(a.Cols)
	defer s.release()
	for ; i < a.Rows; i++ {
		dst[i] = t.row(a.Cols, &a.row(i, s.words)[0])
	}
}

// panel is c += a·b with c and b at most one tile wide.
func (t *pairTiling) panel(c, a, b Matrix, rowSums, colSums []uint64) {
	v := (c.Cols - 1) / t.lanes
	mask := uint64(1)<<(c.Cols-v*t.lanes) - 1
	i := 0
	for h, rows := range t.rows {
		for tile := t.pairs[h][v]; i+rows <= c.Rows; i += rows {
			tile(a.Cols, &a.Data[i*a.RowStride], a.RowStride, a.ColStride, &rowSums[i], &b.Data[0], b.RowStride, &colSums[0],
				&c.Data[i*c.RowStride], c.RowStride, mask)
		}
	}
}
