package ring

import (
	"fmt"
	"math/bits"
)

// MatMulPart is [MatMulShare] with half the work where the processor has
// instructions for it: parts of a large product that are one product each. Server i
// holds components i and i+1 of X = X_0+X_1+X_2, as (x0, x1), and of Y. It adds
//
//	server 0: -(x0-x1)·(y0-y1)
//	server 1: ⌊(2·x0+x1)·(2·y0+y1) / 2⌋
//	server 2: ⌈(x0+2·x1)·(y0+2·y1) / 2⌉
//
// to dst, and what the three add is X·Y mod 2^64. The halves are those of whole numbers
// mod 2^65. Servers 1 and 2 round alike, for each 192 steps of k: their numbers are odd
// together, when X_2·Y_2 is. All three servers have to call MatMulPart; which products
// are large depends on their shape alone.
//
// x0, x1 are m×k, y0, y1 k×n and dst m×n. dst must not overlap the others. Large
// products use every core.
func MatMulPart(server int, dst, x0, x1, y0, y1 Matrix) {
	checkProduct("MatMulPart", dst, x0, y0)
	checkProduct("MatMulPart", dst, x1, y1)
	if server < 0 || server > 2 {
		panic(&ShapeError{Op: "MatMulPart", Got: fmt.Sprintf("server %d", server), Want: "0, 1 or 2"})
	}
	p := product{dst: dst, x0: x0, x1: x1, y0: y0, y1: y1, form: pair}
	if large := min(dst.Rows, dst.Cols) >= 32 && x0.Cols >= 16; large {
		p.form = difference + form(server)
		if server == 2 {
			p.x0, p.x1, p.y0, p.y1 = x1, x0, y1, y0
		}
	}
	multiply(p)
}

// PrefersParts reports whether MatMulPart is faster here than MatMulShare.
func PrefersParts() bool { return active().prefersParts }

// halfBlock is how many steps of k of a half are rounded together: as many as a
// packed panel of tiling52 has. It is part of the protocol.
const halfBlock = 192

// matMulPartGo is a product of the forms of MatMulPart in plain Go, word by word: it is
// for tests, and for servers that others have talked into it.
func matMulPartGo(p product) {
	for k := 0; k < p.x0.Cols; k += halfBlock {
		b := p.steps(k, min(k+halfBlock, p.x0.Cols))
		for i := range b.dst.Rows {
			for j := range b.dst.Cols {
				v := &b.dst.Data[i*b.dst.RowStride+j]
				*v += b.rows(i, i+1).cols(j, j+1).dot()
			}
		}
	}
}

// dot is a product with one row and one column, in a block.
func (p product) dot() uint64 {
	var high, low uint64
	for k := range p.x0.Cols {
		x0, x1 := p.x0.Data[k*p.x0.ColStride], p.x1.Data[k*p.x1.ColStride]
		y0, y1 := p.y0.Data[k*p.y0.RowStride], p.y1.Data[k*p.y1.RowStride]
		if p.form == difference {
			low += (x0 - x1) * (y1 - y0)
			continue
		}
		xc, x := twiceAnd(x0, x1)
		yc, y := twiceAnd(y0, y1)
		h, l := bits.Mul64(x, y)
		var carry uint64
		low, carry = bits.Add64(low, l, 0)
		high += h + xc*y + yc*x + carry
	}
	half, up := p.form.rounding()
	low, carry := bits.Add64(low, up, 0)
	return low>>half | (high+carry)<<(64-half)
}

// twiceAnd is 2·x + y with its carry.
func twiceAnd(x, y uint64) (carry, sum uint64) {
	sum, carry = bits.Add64(x<<1, y, 0)
	return carry + x>>63, sum
}
