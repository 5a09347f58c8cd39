package mpc

import "github.com/trefoil-ml/trefoil/internal/ring"

// Conv is [Party.Conv].
func (c *Clear) Conv(x, k, offset Arith, v Conv) Product {
	a, b, s := c.arith(x).own, c.arith(k).own, c.convSizes(v)
	c.sameLen("convolution: images", len(a), s.x)
	c.sameLen("convolution: kernels", len(b), s.kernels)
	y, columns := make([]uint64, s.y), clearColumns(s.w)
	v.each(func(n, g int) {
		ring.Im2Col(columns.Data, s.image(a, v, n, g), s.w)
		ring.MatMulAdd(s.outputs(y, v, n, g), s.kernelsOf(b, g), columns)
		c.checkMatMul(s.kernelsOf(b, g), columns, ConvBits)
	})
	return c.newProduct(c.addOffset("convolution", raised(y, ConvBits), offset, v.Kernels, s.w.Cols()))
}

func clearColumns(w ring.Window) ring.Matrix {
	return ring.Dense(make([]uint64, w.Rows()*w.Cols()), w.Rows(), w.Cols())
}

// ConvKernels is [Party.ConvKernels].
func (c *Clear) ConvKernels(x, dy Arith, v Conv) Product {
	a, b, s := c.arith(x).own, c.arith(dy).own, c.convSizes(v)
	c.sameLen("convolution: images", len(a), s.x)
	c.sameLen("convolution: gradient", len(b), s.y)
	dk, columns := make([]uint64, s.kernels), clearColumns(s.w)
	v.each(func(n, g int) {
		ring.Im2Col(columns.Data, s.image(a, v, n, g), s.w)
		ring.MatMulAdd(s.kernelsOf(dk, g), s.outputs(b, v, n, g), columns.T())
	})
	c.checkConvKernels(a, b, v, s)
	return c.newProduct(raised(dk, ConvBits))
}

// checkConvKernels checks the sums over all images exactly.
func (c *Clear) checkConvKernels(x, dy []uint64, v Conv, s convSizes) {
	columns := clearColumns(s.w)
	rows, cols := s.w.Rows(), s.w.Cols()
	bound := ConvBits + sumWidth(width(x)+width(dy), v.Batch*cols)
	c.check("convolution", headroom, bound, s.kernels, func(e int, t *total) {
		g, kernel, row := e/s.groupK, e%s.groupK/rows, e%rows
		for n := range v.Batch {
			ring.Im2Col(columns.Data, s.image(x, v, n, g), s.w)
			for i, d := range s.outputs(dy, v, n, g).Data[kernel*cols : (kernel+1)*cols] {
				t.addMul(d, columns.Data[row*cols+i])
			}
		}
		t.raise(ConvBits)
	})
}

// ConvImages is [Party.ConvImages].
func (c *Clear) ConvImages(k, dy Arith, v Conv) Product {
	a, b, s := c.arith(k).own, c.arith(dy).own, c.convSizes(v)
	c.sameLen("convolution: kernels", len(a), s.kernels)
	c.sameLen("convolution: gradient", len(b), s.y)
	dx, columns := make([]uint64, s.x), clearColumns(s.w)
	v.each(func(n, g int) {
		clear(columns.Data)
		ring.MatMulAdd(columns, s.kernelsOf(a, g).T(), s.outputs(b, v, n, g))
		c.checkMatMul(s.kernelsOf(a, g).T(), s.outputs(b, v, n, g), ConvBits)
		c.checkHalves("convolution", raised(columns.Data, ConvBits), sumWidth(width(columns.Data), v.KernelH*v.KernelW), s.groupX,
			func(dst, src []uint64) { ring.Col2Im(dst, src, s.w) })
		ring.Col2Im(s.image(dx, v, n, g), columns.Data, s.w)
	})
	return c.newProduct(dx)
}

// checkHalves checks n sums of elements of x, given how they are added up: exactly,
// by halves of 32 bits.
func (c *Clear) checkHalves(op string, x []uint64, bound, n int, add func(dst, src []uint64)) {
	if bound < headroom {
		return
	}
	high, low := make([]uint64, len(x)), make([]uint64, len(x))
	for i, v := range x {
		high[i], low[i] = uint64(int64(v)>>32), v&(1<<32-1)
	}
	highs, lows := make([]uint64, n), make([]uint64, n)
	add(highs, high)
	add(lows, low)
	c.check(op, headroom, bound, n, func(i int, t *total) {
		t.addMul(highs[i], 1<<32)
		t.add(lows[i])
	})
}
