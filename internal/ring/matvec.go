package ring

// multiplyVector handles products with a single row or column. Written with
// one column, they are a dot product for each row of the matrix a.
func multiplyVector(p product) {
	if p.dst.Cols != 1 {
		p = p.transposed()
	}
	s := getScratch(p.a.Cols)
	defer s.release()
	gather(s.words, p.b)
	matVecAdd(p.dst, p.a, s.words)
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
		split(product{dst: dst, a: a, b: Dense(y, len(y), 1)})
		return
	}
	// The columns of a are contiguous: the row dstᵀ is a sum of rows of aᵀ.
	p := product{dst: dst.T(), a: Dense(y, 1, len(y)), b: a.T()}
	if p.dst.ColStride == 1 {
		split(p)
		return
	}
	throughScratch(p)
}
