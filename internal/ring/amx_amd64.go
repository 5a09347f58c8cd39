//go:build !purego

package ring

// Matrix product on AMX tiles. A product of 64-bit words is the sum over
// i+j < 8 of (byte i of a)·(byte j of b) << 8(i+j): 36 products of bytes, which
// TDPBUUD adds up for 16×16 results and 64 steps of k at a time. The products
// of one significance i+j share an accumulator of 32 bits.

const (
	amxTile    = 16      // rows and columns of a result tile
	amxStep    = 64      // steps of k in a block
	amxBlock   = 1024    // words of a packed block, of 16 rows or columns
	amxBlocks  = 4       // most blocks that are added before limbs are put together: a panel of b stays in the first cache level
	amxRows    = 512     // rows of a that are packed together: 1.3 MB, the second level
	amxMinimum = 1 << 14 // multiply-adds
)

// matMulAMX is dst += x0·y0 (or the share form), where small sizes go to the
// AVX-512 tiles.
func (t *tiling) matMulAMX(p product) {
	if !amxWorth(p.dst.Rows, p.x0.Cols, p.dst.Cols) {
		t.matMul(p)
		return
	}
	job := amxJob{tiling: t, dst: p.dst}
	job.terms, job.count = p.terms()
	job.perTerm = (p.x0.Cols + amxStep - 1) / amxStep
	total := job.count * job.perTerm
	chunks := (total + amxBlocks - 1) / amxBlocks
	size := (total + chunks - 1) / chunks
	panels := (min(amxRows, p.dst.Rows) + amxTile - 1) / amxTile
	s := getScratch(amxBlock * (2 + size*(1+panels)))
	defer s.release()
	job.tmp, job.spill = s.words[:amxBlock], s.words[amxBlock:2*amxBlock]
	job.b, job.a = s.words[2*amxBlock:(2+size)*amxBlock], s.words[(2+size)*amxBlock:]
	for first := 0; first < total; first += size {
		for r := 0; r < p.dst.Rows; r += amxRows {
			job.rows(first, min(first+size, total), r, min(r+amxRows, p.dst.Rows))
		}
	}
}

// amxWorth says whether a product is large enough for AMX, where sides are
// rounded up to 16 and k to 64.
func amxWorth(m, k, n int) bool {
	return m*k*n >= amxMinimum
}

// An amxJob is one call; tmp, spill, a and b are scratch.
type amxJob struct {
	tiling           *tiling
	dst              Matrix
	terms            [2]term
	count, perTerm   int
	tmp, spill, a, b []uint64
}

// rows adds the products over blocks first to last-1, counted over all terms,
// to rows r to r1-1. The left operand is packed whole, the right one panel by
// panel.
func (j *amxJob) rows(first, last, r, r1 int) {
	blocks := last - first
	for i := r; i < r1; i += amxTile {
		j.packRows(j.a[(i-r)/amxTile*blocks*amxBlock:], first, last, i, min(i+amxTile, r1))
	}
	for c := 0; c < j.dst.Cols; c += amxTile {
		c1 := min(c+amxTile, j.dst.Cols)
		j.packCols(j.b, first, last, c, c1)
		panelAMX(blocks, r1-r, &j.a[0], &j.b[0], &j.dst.Data[r*j.dst.RowStride+c], j.dst.RowStride, 1<<(c1-c)-1, &j.spill[0])
	}
}

// eachRun hands the blocks first to last-1 to f as runs in one term: blocks
// from to to-1 of it, with its steps of k, go to the n-th place.
func (j *amxJob) eachRun(first, last int, f func(t *term, k, k1, place int)) {
	for g := first; g < last; {
		t := g / j.perTerm
		to := min(last, (t+1)*j.perTerm)
		f(&j.terms[t], (g-t*j.perTerm)*amxStep, min((to-t*j.perTerm)*amxStep, j.terms[t].b.Rows), g-first)
		g = to
	}
}

// packRows packs rows r to r1-1 of the left operands.
func (j *amxJob) packRows(dst []uint64, first, last, r, r1 int) {
	j.eachRun(first, last, func(t *term, k, k1, place int) {
		a := t.a.rows(r, r1).cols(k, k1)
		d := dst[place*amxBlock:]
		if whole := a.Cols / amxStep; a.ColStride == 1 && a.Rows == amxTile && whole > 0 {
			packRowsAMX(whole, &d[0], &a.Data[0], a.RowStride)
			k += whole * amxStep
			d = d[whole*amxBlock:]
		}
		for ; k < k1; k += amxStep {
			part := t.a.rows(r, r1).cols(k, min(k+amxStep, k1))
			clear(j.tmp)
			j.tiling.copy(Matrix{j.tmp, part.Rows, part.Cols, amxStep, 1}, part)
			packRowsAMX(1, &d[0], &j.tmp[0], amxStep)
			d = d[min(amxBlock, len(d)):]
		}
	})
}

// packCols packs columns c to c1-1 of the right operands.
func (j *amxJob) packCols(dst []uint64, first, last, c, c1 int) {
	j.eachRun(first, last, func(t *term, k, k1, place int) {
		d := dst[place*amxBlock:]
		whole := (k1 - k) / amxStep
		if t.rowsUsable() && c1-c == amxTile && whole > 0 {
			b := t.b.rows(k, k1).cols(c, c1)
			if t.sum {
				plus := t.plus.rows(k, k1).cols(c, c1)
				packSumColsAMX(whole, &d[0], &b.Data[0], b.RowStride, &plus.Data[0], plus.RowStride)
			} else {
				packColsAMX(whole, &d[0], &b.Data[0], b.RowStride)
			}
			k += whole * amxStep
			d = d[whole*amxBlock:]
		}
		for ; k < k1; k += amxStep {
			j.packPartCols(d, t, k, min(k+amxStep, k1), c, c1)
			d = d[min(amxBlock, len(d)):]
		}
	})
}

// rowsUsable reports whether the rows of the right operand are contiguous.
func (t *term) rowsUsable() bool {
	return t.b.ColStride == 1 && (!t.sum || t.plus.ColStride == 1)
}

// packPartCols packs one block that is not whole or not in rows.
func (j *amxJob) packPartCols(d []uint64, t *term, k, k1, c, c1 int) {
	clear(j.tmp)
	whole := Matrix{j.tmp, k1 - k, c1 - c, amxTile, 1}
	j.tiling.copy(whole, t.b.rows(k, k1).cols(c, c1))
	if !t.sum {
		packColsAMX(1, &d[0], &j.tmp[0], amxTile)
		return
	}
	s := getScratch(amxBlock)
	defer s.release()
	clear(s.words)
	whole.Data = s.words
	j.tiling.copy(whole, t.plus.rows(k, k1).cols(c, c1))
	packSumColsAMX(1, &d[0], &j.tmp[0], amxTile, &s.words[0], amxTile)
}
