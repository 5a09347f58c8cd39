package ring

// Block sizes of the pure Go product: blockK rows of b, blockN columns wide
// (128 KiB), are used for all rows of a before the next block.
const (
	blockK = 64
	blockN = 256
)

// matMulGo is dst += a·b in plain Go.
func matMulGo(p product) {
	s := getScratch(blockK * blockN)
	defer s.release()
	for k := 0; k < p.a.Cols; k += blockK {
		steps := p.steps(k, min(k+blockK, p.a.Cols))
		for j := 0; j < p.dst.Cols; j += blockN {
			block := steps.cols(j, min(j+blockN, p.dst.Cols))
			blockAdd(block.dst, block.a, packBlock(s.words, block.b))
		}
	}
}

// packBlock returns b with contiguous rows: in place where they are, or else
// copied to buf.
func packBlock(buf []uint64, b Matrix) Matrix {
	if b.ColStride == 1 {
		return b
	}
	d := Dense(buf[:b.Rows*b.Cols], b.Rows, b.Cols)
	copyMatrix(d, b)
	return d
}

// copyMatrix copies src to the dense dst.
func copyMatrix(dst, src Matrix) {
	for i := range dst.Rows {
		row := dst.Data[i*dst.RowStride:][:dst.Cols]
		if src.ColStride == 1 {
			copy(row, src.Data[i*src.RowStride:])
			continue
		}
		for j := range row {
			row[j] = src.Data[i*src.RowStride+j*src.ColStride]
		}
	}
}

// blockAdd is c += a·b for b and c with contiguous rows: two rows of c at a
// time, and four rows of b for each pass over them, so that a word that is
// loaded is used more than once.
func blockAdd(c, a, b Matrix) {
	i := 0
	for ; i+2 <= c.Rows; i += 2 {
		c0 := c.Data[i*c.RowStride:][:c.Cols]
		c1 := c.Data[(i+1)*c.RowStride:][:c.Cols]
		twoRows(c0, c1, a.rows(i, i+2), b)
	}
	if i < c.Rows {
		oneRow(c.Data[i*c.RowStride:][:c.Cols], a.rows(i, i+1), b)
	}
}

func twoRows(c0, c1 []uint64, a, b Matrix) {
	n, ars, acs := len(c0), a.RowStride, a.ColStride
	c1 = c1[:n]
	k := 0
	for ; k+4 <= b.Rows; k += 4 {
		s, t := a.Data[k*acs:], a.Data[ars+k*acs:]
		s0, s1, s2, s3 := s[0], s[acs], s[2*acs], s[3*acs]
		t0, t1, t2, t3 := t[0], t[acs], t[2*acs], t[3*acs]
		b0, b1, b2, b3 := fourRows(b, k, n)
		for j := range c0 {
			x0, x1, x2, x3 := b0[j], b1[j], b2[j], b3[j]
			c0[j] += s0*x0 + s1*x1 + s2*x2 + s3*x3
			c1[j] += t0*x0 + t1*x1 + t2*x2 + t3*x3
		}
	}
	for ; k < b.Rows; k++ {
		row := b.Data[k*b.RowStride:][:n]
		scaleAddGo(c0, row, a.Data[k*acs])
		scaleAddGo(c1, row, a.Data[ars+k*acs])
	}
}

func oneRow(c []uint64, a, b Matrix) {
	n, acs := len(c), a.ColStride
	k := 0
	for ; k+4 <= b.Rows; k += 4 {
		s := a.Data[k*acs:]
		s0, s1, s2, s3 := s[0], s[acs], s[2*acs], s[3*acs]
		b0, b1, b2, b3 := fourRows(b, k, n)
		for j := range c {
			c[j] += s0*b0[j] + s1*b1[j] + s2*b2[j] + s3*b3[j]
		}
	}
	for ; k < b.Rows; k++ {
		scaleAddGo(c, b.Data[k*b.RowStride:][:n], a.Data[k*acs])
	}
}

// fourRows are rows k to k+3 of b.
func fourRows(b Matrix, k, n int) (b0, b1, b2, b3 []uint64) {
	at := func(r int) []uint64 { return b.Data[(k+r)*b.RowStride:][:n] }
	return at(0), at(1), at(2), at(3)
}

// matVecGo is dst += a·y for a column dst.
func matVecGo(dst, a Matrix, y []uint64) {
	for i := range dst.Rows {
		row := a.Data[i*a.RowStride:]
		if a.ColStride == 1 {
			dst.Data[i*dst.RowStride] += dotGo(y, row)
			continue
		}
		var s uint64
		for k, v := range y {
			s += row[k*a.ColStride] * v
		}
		dst.Data[i*dst.RowStride] += s
	}
}
