package ring

// A product is one job for a kernel: dst += a·b. Kernels get it with no empty matrix
// and with dst.ColStride 1.
type product struct{ dst, a, b Matrix }

// transposed is the same product of the transposed matrices.
func (p product) transposed() product {
	return product{dst: p.dst.T(), a: p.b.T(), b: p.a.T()}
}

// rows is the part of p that gives rows i to j-1 of dst.
func (p product) rows(i, j int) product {
	p.dst, p.a = p.dst.rows(i, j), p.a.rows(i, j)
	return p
}

// cols is the part of p that gives columns i to j-1 of dst.
func (p product) cols(i, j int) product {
	p.dst, p.b = p.dst.cols(i, j), p.b.cols(i, j)
	return p
}

// steps is the part of p with k from k to k1-1.
func (p product) steps(k, k1 int) product {
	p.a, p.b = p.a.cols(k, k1), p.b.rows(k, k1)
	return p
}

// size is the number of multiply-adds.
func (p *product) size() int { return p.dst.Rows * p.dst.Cols * p.a.Cols }
