package ring

// multiplyVector handles products with a single row or column. Written with
// one column, they are a dot product for each row of the matrix x0 (and x1).
func multiplyVector(p product) {
	if p.dst.Cols != 1 {
		p = p.transposed()
	}
	k := p.x0.Cols
	s := getScratch(2 * k)
	defer s.release()
	y, sum := s.words[:k], s.words[k:]
	gather(y, p.y0)
	if p.form == single {
		matVecAdd(p.dst, p.x0, y)
		return
	}
	gather(sum, p.y1)
	active().add(sum, sum, y)
	matVecAdd(p.dst, p.x0, sum)
	matVecAdd(p.dst, p.x1, y)
}

// gather copies the column v to dst.
func gather(dst []uint64, v Matrix) {
	if v.RowStride == 1 {
		copy(dst, v.Data)
		return
	}
	for i := range dst {
		dst[i] = v.Data[i*v.RowStride]
	}
}

// matVecAdd is dst += a·y for a column dst.
func matVecAdd(dst, a Matrix, y []uint64) {
	if a.ColStride == 1 || a.RowStride != 1 {
		split(product{dst: dst, x0: a, y0: Dense(y, len(y), 1)})
		return
	}
	// The columns of a are contiguous: the row dstᵀ is a sum of rows of aᵀ.
	p := product{dst: dst.T(), x0: Dense(y, 1, len(y)), y0: a.T()}
	if p.dst.ColStride == 1 {
		split(p)
		return
	}
	throughScratch(p)
}
