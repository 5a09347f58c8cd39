//go:build !purego

package ring

// strassen multiplies by seven products of half the size instead of eight, again
// and again while that pays, exact over every ring ([Strassen69], in the form
// of Winograd with 15 additions). With quarters 11, 12, 21 and 22:
//
//	s1 = a21 + a22   s2 = s1 - a11   s3 = a11 - a21   s4 = a12 - s2
//	t1 = b12 - b11   t2 = b22 - t1   t3 = b22 - b12   t4 = b21 - t2
//	u = a11·b11 + s2·t2
//	c11 += a11·b11 + a12·b21      c12 += u + s1·t1 + s4·b22
//	c21 += u + s3·t3 + a22·t4     c22 += u + s3·t3 + s1·t1
//
// A product is added to what is there, so most of the last additions are free.
type strassen struct {
	small func(p product) // the products that are not halved
	word  int             // multiply-adds that small does in the time of adding a word to another
}

// halves are the sides of a quarter. They are multiples of what tiles like; what
// is over at the end of a side is left to small.
func halves(m, k, n int) (hm, hk, hn int) {
	const unit = 8
	return m / (2 * unit) * unit, k / (2 * unit) * unit, n / (2 * unit) * unit
}

// pays reports that the eighth product takes longer than the additions.
func (s strassen) pays(hm, hk, hn int) bool {
	return hm*hk*hn > s.word*(4*hm*hk+4*hk*hn+8*hm*hn)
}

// matMul is dst += a·b.
func (s strassen) matMul(p product) {
	hm, hk, hn := halves(p.dst.Rows, p.a.Cols, p.dst.Cols)
	if !s.pays(hm, hk, hn) {
		s.small(p)
		return
	}
	m, k, n := 2*hm, 2*hk, 2*hn
	top := p.rows(0, m)
	even := top.cols(0, n)
	s.quarters(even.steps(0, k))
	if k < p.a.Cols {
		s.small(even.steps(k, p.a.Cols))
	}
	if n < p.dst.Cols {
		s.small(top.cols(n, p.dst.Cols))
	}
	if m < p.dst.Rows {
		s.small(p.rows(m, p.dst.Rows))
	}
}

// multiply is c += a·b.
func (s strassen) multiply(c, a, b Matrix) { s.matMul(product{dst: c, a: a, b: b}) }

// quarters is dst += a·b for even sides.
func (s strassen) quarters(p product) {
	c11, c12, c21, c22 := p.dst.quarters()
	a11, a12, a21, a22 := p.a.quarters()
	b11, b12, b21, b22 := p.b.quarters()
	sizeA, sizeB, sizeC := a11.Rows*a11.Cols, b11.Rows*b11.Cols, c11.Rows*c11.Cols
	buf := getScratch(sizeA + sizeB + 2*sizeC)
	defer buf.release()
	clear(buf.words[sizeA+sizeB:])
	si, ti := like(a11, buf.words), like(b11, buf.words[sizeA:])
	u, v := like(c11, buf.words[sizeA+sizeB:]), like(c11, buf.words[sizeA+sizeB+sizeC:])
	add, sub := active().add, active().sub

	s.multiply(c11, a12, b21)
	combine(si, a21, a22, add)
	combine(ti, b12, b11, sub)
	s.multiply(v, si, ti) // s1·t1
	combine(c12, c12, v, add)
	combine(c22, c22, v, add)
	s.multiply(u, a11, b11)
	combine(c11, c11, u, add)
	combine(si, si, a11, sub)
	combine(ti, b22, ti, sub)
	s.multiply(u, si, ti) // a11·b11 + s2·t2
	combine(c12, c12, u, add)
	combine(si, a12, si, sub)
	combine(ti, b21, ti, sub)
	s.multiply(c12, si, b22) // s4·b22
	s.multiply(c21, a22, ti) // a22·t4
	combine(si, a11, a21, sub)
	combine(ti, b22, b12, sub)
	s.multiply(u, si, ti) // u + s3·t3
	combine(c21, c21, u, add)
	combine(c22, c22, u, add)
}
