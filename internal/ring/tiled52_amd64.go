//go:build !purego

package ring

// A tile52Func is a tile kernel that takes cross words of both operands; see
// the generated stubs. k > 0.
type tile52Func func(k int, a *uint64, ars int, ca *uint64, cars int, b *uint64, brs int, cb, c *uint64, crs int, mask, half, up uint64)

// A tiling52 multiplies with VPMADD52 and VPDPWSSD. It packs the right operand
// as a tiling does, and the left one where its rows are not contiguous.
type tiling52 struct {
	tiling
	few     *tiling // for fewer rows than minM, where making cross words does not pay
	minM    int
	blockM  int            // rows of a whose cross words are made together
	tiles52 [][]tile52Func // as tiling.tiles
}

func newTiling52() *tiling52 {
	return &tiling52{
		tiling:  tiling{lanes: 8, width: 16, whole: true, blockK: halfBlock, rows: []int{4, 2, 1}, turn: transpose8AVX512},
		few:     tilingAVX512(),
		minM:    8,
		blockM:  256,
		tiles52: [][]tile52Func{{tile4x852, tile4x1652}, {tile2x852, tile2x1652}, {tile1x852, tile1x1652}},
	}
}

// A block52 is a block of the left operand: contiguous rows and their cross
// words, half as many.
type block52 struct {
	a     Matrix
	cross []uint64
}

func (b *block52) crossStride() int { return (b.a.Cols + 1) / 2 }

// matMul is dst += x0·y0 (or a pair).
func (t *tiling52) matMul(p product) {
	if p.dst.Rows < t.minM {
		t.few.matMul(p)
		return
	}
	terms, n := p.terms()
	s := getScratch(2*t.blockK*t.width + 2*t.blockM*t.blockK)
	defer s.release()
	panel, left := s.words[:2*t.blockK*t.width], s.words[2*t.blockK*t.width:]
	for _, m := range terms[:n] {
		for k := 0; k < m.b.Rows; k += t.blockK {
			k1 := min(k+t.blockK, m.b.Rows)
			for i := 0; i < p.dst.Rows; i += t.blockM {
				i1 := min(i+t.blockM, p.dst.Rows)
				a := t.packLeft(left, m.a.cols(k, k1).rows(i, i1))
				for j := 0; j < m.b.Cols; j += t.width {
					j1 := min(j+t.width, m.b.Cols)
					b := t.pack(panel[:len(panel)/2], &m, k, k1, j, j1)
					t.panel52(p.dst.rows(i, i1).cols(j, j1), &a, b, panel[len(panel)/2:])
				}
			}
		}
	}
}

// packLeft prepares a block of the left operand.
func (t *tiling52) packLeft(buf []uint64, a Matrix) block52 {
	if a.ColStride != 1 {
		d := Dense(buf[:a.Rows*a.Cols], a.Rows, a.Cols)
		t.copy(d, a)
		a = d
	}
	b := block52{a: a, cross: buf[t.blockM*t.blockK:]}
	n := b.crossStride()
	for i := range a.Rows {
		crossRows52(b.cross[i*n:(i+1)*n], a.Data[i*a.RowStride:][:a.Cols])
	}
	return b
}

// panel52 is c += a·b with c and b at most one tile wide.
func (t *tiling52) panel52(c Matrix, a *block52, b Matrix, cross []uint64) {
	crossCols52(b.Rows, &cross[0], &b.Data[0], b.RowStride, (c.Cols+t.lanes-1)/t.lanes)
	t.multiply(c, a, b, cross, single)
}

// multiply adds a·b, or half of it, to c, which is at most one tile wide.
func (t *tiling52) multiply(c Matrix, a *block52, b Matrix, cross []uint64, f form) {
	v := (c.Cols - 1) / t.lanes
	mask := uint64(1)<<(c.Cols-v*t.lanes) - 1
	half, up := f.rounding()
	n := a.crossStride()
	i := 0
	for h, rows := range t.rows {
		for tile := t.tiles52[h][v]; i+rows <= c.Rows; i += rows {
			tile(b.Rows, &a.a.Data[i*a.a.RowStride], a.a.RowStride, &a.cross[i*n], n, &b.Data[0], b.RowStride, &cross[0],
				&c.Data[i*c.RowStride], c.RowStride, mask, half, up)
		}
	}
}
