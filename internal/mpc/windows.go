package mpc

// Windows returns what each element of a kernel sees of each channel of the
// images x, KernelH·KernelW vectors of Batch×Channels×outH×outW one after
// another, with zeros for the padding, or with the nearest element of the image
// if RepeatEdge is set. Kernels and Groups do not matter.
//
// Cost: local.
func (p *Party) Windows(x Arith, c Conv) Arith {
	a, t := p.arith(x), p.windowTable(c)
	p.sameLen("windows: images", len(a.own), t.planes*t.image)
	z, b := p.newArith(t.len())
	t.gather(b.own, a.own)
	t.gather(b.next, a.next)
	return z
}

// FromWindows is the transpose of [Party.Windows]: it adds what each element of
// a kernel has for each place back to the images.
//
// Cost: local.
func (p *Party) FromWindows(y Arith, c Conv) Arith {
	a, t := p.arith(y), p.windowTable(c)
	p.sameLen("from windows", len(a.own), t.len())
	z, b := p.newArith(t.planes * t.image)
	t.scatter(b.own, a.own)
	t.scatter(b.next, a.next)
	return z
}

// windowTable says where each element of a kernel looks in one channel: for
// output (y, x), element (i, j) looks at rows[i][y] + cols[j][x], or at padding
// where one of them is negative.
type windowTable struct {
	rows, cols    [][]int
	planes, image int // channels of all images, and elements of one
}

func (s *session) windowTable(c Conv) windowTable {
	c.Kernels, c.Groups = c.Channels, c.Channels
	z := s.convSizes(c)
	return windowTable{
		rows:   lookups(c.KernelH, c.StrideH, c.PadH, c.Height, z.w.OutHeight(), c.Width, c.RepeatEdge),
		cols:   lookups(c.KernelW, c.StrideW, c.PadW, c.Width, z.w.OutWidth(), 1, c.RepeatEdge),
		planes: c.Batch * c.Channels, image: c.Height * c.Width,
	}
}

// lookups is a windowTable in one direction, times step.
func lookups(kernel, stride, pad, size, out, step int, edge bool) [][]int {
	table := make([][]int, kernel)
	for i := range table {
		table[i] = make([]int, out)
		for y := range out {
			at := y*stride + i - pad
			switch {
			case edge:
				at = min(max(at, 0), size-1)
			case at >= size:
				at = -1
			}
			table[i][y] = max(at, -1) * step
			if at < 0 {
				table[i][y] = -1
			}
		}
	}
	return table
}

// len returns the number of elements of all windows.
func (t windowTable) len() int { return len(t.rows) * len(t.cols) * t.planes * t.outs() }

// outs returns the number of places of the kernel in one channel.
func (t windowTable) outs() int { return len(t.rows[0]) * len(t.cols[0]) }

// eachLine calls f for every row of outputs of each element of the kernel, with
// where the row begins among the windows and in the images (negative: padding). All
// that look at one channel follow each other, while it is in the processor's cache.
func (t windowTable) eachLine(f func(at, from int, cols []int)) {
	for plane := range t.planes {
		for i, rows := range t.rows {
			for j, cols := range t.cols {
				at := ((i*len(t.cols)+j)*t.planes + plane) * t.outs()
				for _, row := range rows {
					from := -1
					if row >= 0 {
						from = plane*t.image + row
					}
					f(at, from, cols)
					at += len(cols)
				}
			}
		}
	}
}

func (t windowTable) gather(dst, src []uint64) {
	t.eachLine(func(at, from int, cols []int) {
		line := dst[at : at+len(cols)]
		if from < 0 {
			clear(line)
			return
		}
		image := src[from:]
		for x, col := range cols {
			if col < 0 {
				line[x] = 0
				continue
			}
			line[x] = image[col]
		}
	})
}

func (t windowTable) scatter(dst, src []uint64) {
	clear(dst)
	t.eachLine(func(at, from int, cols []int) {
		if from < 0 {
			return
		}
		image, line := dst[from:], src[at:at+len(cols)]
		for x, col := range cols {
			if col >= 0 {
				image[col] += line[x]
			}
		}
	})
}

// Windows is [Party.Windows].
func (c *Clear) Windows(x Arith, v Conv) Arith {
	a, t := c.arith(x).own, c.windowTable(v)
	c.sameLen("windows: images", len(a), t.planes*t.image)
	z := make([]uint64, t.len())
	t.gather(z, a)
	return c.newArith(z)
}

// FromWindows is [Party.FromWindows].
func (c *Clear) FromWindows(y Arith, v Conv) Arith {
	a, t := c.arith(y).own, c.windowTable(v)
	c.sameLen("from windows", len(a), t.len())
	z := make([]uint64, t.planes*t.image)
	t.scatter(z, a)
	c.checkHalves("from windows", a, sumWidth(width(a), v.KernelH*v.KernelW), len(z), t.scatter)
	return c.newArith(z)
}
