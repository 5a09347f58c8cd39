package ring

// A product is one job for a kernel: dst += what form says of the others. Kernels
// get it with no empty matrix and with dst.ColStride 1.
type product struct {
	dst, x0, x1, y0, y1 Matrix
	form                form
}

// A form is what a product adds up.
type form int

const (
	single form = iota // x0·y0
	pair               // x0·(y0+y1) + x1·y0
)

// A term is one of the products a kernel adds up: a·b, or a·(b+plus).
type term struct {
	a, b, plus Matrix
	sum        bool // plus is there
}

// steps is the part of a term with k from k to k1-1.
func (t term) steps(k, k1 int) term {
	t.a, t.b = t.a.cols(k, k1), t.b.rows(k, k1)
	if t.sum {
		t.plus = t.plus.rows(k, k1)
	}
	return t
}

// terms are the one or two matrix products of p.
func (p *product) terms() (t [2]term, n int) {
	if p.form == single {
		return [2]term{{a: p.x0, b: p.y0}}, 1
	}
	return [2]term{{a: p.x0, b: p.y0, plus: p.y1, sum: true}, {a: p.x1, b: p.y0}}, 2
}

// transposed is the same product of the transposed matrices. It keeps its form:
// (x0·(y0+y1) + x1·y0)ᵀ = y0ᵀ·(x0+x1)ᵀ + y1ᵀ·x0ᵀ.
func (p product) transposed() product {
	return product{
		dst: p.dst.T(), form: p.form,
		x0: p.y0.T(), x1: p.y1.T(), y0: p.x0.T(), y1: p.x1.T(),
	}
}

// rows is the part of p that gives rows i to j-1 of dst.
func (p product) rows(i, j int) product {
	p.dst, p.x0 = p.dst.rows(i, j), p.x0.rows(i, j)
	if p.form != single {
		p.x1 = p.x1.rows(i, j)
	}
	return p
}

// cols is the part of p that gives columns i to j-1 of dst.
func (p product) cols(i, j int) product {
	p.dst, p.y0 = p.dst.cols(i, j), p.y0.cols(i, j)
	if p.form != single {
		p.y1 = p.y1.cols(i, j)
	}
	return p
}

// size is the number of multiply-adds.
func (p *product) size() int {
	n := p.dst.Rows * p.dst.Cols * p.x0.Cols
	if p.form == pair {
		n *= 2
	}
	return n
}
