//go:build !purego

package ring

import "sync"

// Matrix product on AMX tiles. A product of 64-bit words is the sum over
// i+j < 8 of (byte i of a)·(byte j of b) << 8(i+j): 36 products of bytes, which
// TDPBUUD adds up for 16×16 results and 64 steps of k at a time. The products
// of one significance i+j share an accumulator of 32 bits.
//
// Tile registers live inside one call of panelAMX, which configures and
// releases them and takes about 20 µs at most. Go does not preempt assembly, and
// Linux saves the tiles when a signal or another thread comes between.

const (
	amxTile   = 16      // rows and columns of a result tile
	amxStep   = 64      // steps of k in a block
	amxShort  = 16      // steps of k in a short block
	amxBlock  = 1024    // words of a packed block, of 16 rows or columns
	amxShortA = 256     // words of a packed short block of the left operand
	amxShortB = 11 * 32 // and of the right one: eight limbs and three of zeros
	amxBlocks = 2       // blocks that are added before limbs are put together: a panel of either operand stays in the first cache level
	amxRows   = 512     // rows of the left operand that are packed together
)

// amx multiplies with AMX tiles where that is worth it.
type amx struct {
	worth  func(m, k, n int) bool
	small  func(p product) // the other products
	tiling *tiling         // copies parts of operands
}

// matMul is dst += a·b.
func (x amx) matMul(p product) {
	if !x.worth(p.dst.Rows, p.a.Cols, p.dst.Cols) {
		x.small(p)
		return
	}
	panels := (min(amxRows, p.dst.Rows) + amxTile - 1) / amxTile
	s := getScratch(2*amxBlock + (1+panels)*(amxBlocks*amxBlock+amxShortB))
	defer s.release()
	job := getAMXJob(x.tiling, s.words)
	defer amxJobs.Put(job)
	for k := 0; k < p.a.Cols; k += job.steps {
		job.begin(p, k)
		for r := 0; r < p.dst.Rows; r += amxRows {
			job.rows(r, min(r+amxRows, p.dst.Rows))
		}
	}
}

// amxWorth estimates whether AMX is faster, in multiply-adds of AVX-512 (at 15
// Gop/s, from before products by digits): AMX does 3.5 in the time of one, but on sides
// rounded up to 16 and 64, and it has to cut up the operands and put the result together.
func amxWorth(m, k, n int) bool {
	up := func(x, to int) int { return (x + to - 1) / to * to }
	m16, n16, k64 := up(m, amxTile), up(n, amxTile), up(k, amxStep)
	return m16*n16*k64*2/7+4*(m16+n16)*k64+3*m16*n16+8192 < m*k*up(n, 8)
}

// An amxJob is one call: a chunk of it, and scratch memory.
type amxJob struct {
	tiling           *tiling
	chunk            product // with its steps of k
	steps            int     // of k in the chunk
	whole            int     // blocks of 64 steps
	part             int     // a block that is padded with zeros: 0 or 1
	short            int     // a short block at the end: 0 or 1
	tmp, spill, a, b []uint64
}

var amxJobs sync.Pool

// getAMXJob takes a job from the pool; it uses s as scratch.
func getAMXJob(t *tiling, s []uint64) *amxJob {
	j, ok := amxJobs.Get().(*amxJob)
	if !ok {
		j = new(amxJob)
	}
	take := func(words int) []uint64 {
		part := s[:words]
		s = s[words:]
		return part
	}
	*j = amxJob{tiling: t, tmp: take(amxBlock), spill: take(amxBlock)}
	j.b = take(amxBlocks*amxBlock + amxShortB)
	j.a = s
	return j
}

// begin makes a chunk of the steps from k on: some blocks, of which the last may
// be short if it is not the only one.
func (j *amxJob) begin(p product, k int) {
	left := p.a.Cols - k
	j.whole, j.part, j.short = min(amxBlocks, left/amxStep), 0, 0
	j.steps = j.whole * amxStep
	rest := left - j.steps
	switch {
	case j.whole > 0 && rest > 0 && rest <= amxShort:
		j.short = 1
		j.steps = left
	case j.whole < amxBlocks && rest > 0:
		j.part = 1
		j.steps = left
	}
	j.chunk = p.steps(k, k+j.steps)
}

// rows adds the products over the chunk to rows r to r1-1. The left operand is
// packed whole, the right one panel by panel.
func (j *amxJob) rows(r, r1 int) {
	blocks := j.whole + j.part
	stride := blocks*amxBlock + j.short*amxShortA
	for i := r; i < r1; i += amxTile {
		j.packRows(j.a[(i-r)/amxTile*stride:], i, min(i+amxTile, r1))
	}
	dst := &j.chunk.dst
	for c := 0; c < dst.Cols; c += amxTile {
		c1 := min(c+amxTile, dst.Cols)
		j.packCols(c, c1)
		panelAMX(blocks, j.short, r1-r, &j.a[0], &j.b[0], &dst.Data[r*dst.RowStride+c], dst.RowStride, 1<<(c1-c)-1, &j.spill[0])
	}
}

// packRows packs rows i to i1-1 of the left operand into a panel.
func (j *amxJob) packRows(panel []uint64, i, i1 int) {
	a := &j.chunk.a
	direct := a.ColStride == 1 && i1-i == amxTile
	k := 0
	if direct && j.whole > 0 {
		packRowsAMX(j.whole, &panel[0], &a.Data[i*a.RowStride], a.RowStride)
		k = j.whole
	}
	for ; k < j.whole+j.part; k++ {
		j.padded(j.tmp, a.rows(i, i1).cols(k*amxStep, min((k+1)*amxStep, a.Cols)), amxStep)
		packRowsAMX(1, &panel[k*amxBlock], &j.tmp[0], amxStep)
	}
	if j.short == 0 {
		return
	}
	panel, from := panel[j.whole*amxBlock:], j.whole*amxStep
	if direct && j.steps-from == amxShort {
		packShortRowsAMX(&panel[0], &a.Data[i*a.RowStride+from], a.RowStride)
		return
	}
	j.padded(j.tmp[:amxTile*amxShort], a.rows(i, i1).cols(from, a.Cols), amxShort)
	packShortRowsAMX(&panel[0], &j.tmp[0], amxShort)
}

// packCols packs columns c to c1-1 of the right operand into j.b.
func (j *amxJob) packCols(c, c1 int) {
	b := &j.chunk.b
	direct := b.ColStride == 1 && c1-c == amxTile
	k := 0
	if direct && j.whole > 0 {
		packColsAMX(j.whole, &j.b[0], &b.Data[c], b.RowStride)
		k = j.whole
	}
	for ; k < j.whole+j.part; k++ {
		j.padded(j.tmp, b.rows(k*amxStep, min((k+1)*amxStep, b.Rows)).cols(c, c1), amxTile)
		packColsAMX(1, &j.b[k*amxBlock], &j.tmp[0], amxTile)
	}
	if j.short == 1 {
		j.packShortCols(c, c1, direct)
	}
}

// packShortCols packs the short block of the right operand.
func (j *amxJob) packShortCols(c, c1 int, direct bool) {
	b, panel, from := &j.chunk.b, &j.b[j.whole*amxBlock], j.whole*amxStep
	if direct && j.steps-from == amxShort {
		packShortColsAMX(panel, &b.Data[from*b.RowStride+c], b.RowStride)
		return
	}
	j.padded(j.tmp[:amxShort*amxTile], b.rows(from, b.Rows).cols(c, c1), amxTile)
	packShortColsAMX(panel, &j.tmp[0], amxTile)
}

// padded copies a part of an operand to a block with rows of the given length,
// with zeros around it.
func (j *amxJob) padded(block []uint64, part Matrix, stride int) {
	clear(block)
	j.tiling.copy(Matrix{block, part.Rows, part.Cols, stride, 1}, part)
}
