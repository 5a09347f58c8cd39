//go:build !purego

package ring

// A tile kernel adds a·b to a tile of c held in registers; see the comments in
// the generated stubs. k > 0.
type tileFunc func(k int, a *uint64, ars, acs int, b *uint64, brs int, c *uint64, crs int, mask uint64)

// A tiling is a family of tile kernels and how to feed them.
type tiling struct {
	lanes  int                                                     // columns in a register
	width  int                                                     // columns of the widest tile
	whole  bool                                                    // tiles read whole registers of b, so it has to be padded
	blockK int                                                     // rows of b that are packed together
	rows   []int                                                   // heights of the tiles, falling to 1
	tiles  [][]tileFunc                                            // tiles[h][v] is rows[h] high and v+1 registers wide
	turn   func(n int, dst *uint64, drs int, src *uint64, srs int) // transposes n squares of lanes×lanes
	lines  func(n int, dst, src *uint64, srs, cols int)            // copies n rows of cols words to whole registers
}

// matMul is dst += a·b: for each block of k and each panel of columns, b is
// packed and every row of a passes over it.
func (t *tiling) matMul(p product) {
	s := getScratch(t.blockK * t.width)
	defer s.release()
	inPlace := usable(p.b)
	for k := 0; k < p.a.Cols; k += t.blockK {
		steps := p.steps(k, min(k+t.blockK, p.a.Cols))
		for j := 0; j < p.dst.Cols; j += t.width {
			panel := steps.cols(j, min(j+t.width, p.dst.Cols))
			t.panel(panel.dst, panel.a, t.pack(s.words, panel.b, inPlace))
		}
	}
}

// panel is c += a·b with c and b at most one tile wide.
func (t *tiling) panel(c, a, b Matrix) {
	v := (c.Cols - 1) / t.lanes
	mask := uint64(1)<<(c.Cols-v*t.lanes) - 1
	i := 0
	for h, rows := range t.rows {
		for tile := t.tiles[h][v]; i+rows <= c.Rows; i += rows {
			tile(a.Cols, &a.Data[i*a.RowStride], a.RowStride, a.ColStride, &b.Data[0], b.RowStride,
				&c.Data[i*c.RowStride], c.RowStride, mask)
		}
	}
}
