package blueprint

import "math"

// offsets are the second tensor of weights, or zeros for a layer without it.
func offsets(l Layer, w []Param) []float64 {
	if len(w) > 1 {
		return w[1].Data
	}
	return make([]float64, l.get("out"))
}

// plainLinear returns x·W + b.
func plainLinear(r rows, l Layer, w []Param) []float64 {
	in, out, b := r.shape[0], l.get("out"), offsets(l, w)
	y := make([]float64, 0, r.n*out)
	for i := range r.n {
		y = append(y, b...)
		row := y[i*out:]
		for j, v := range r.x[i*in : (i+1)*in] {
			if v != 0 {
				addScaled(row, v, w[0].Data[j*out:(j+1)*out])
			}
		}
	}
	return y
}

// addScaled adds v·x to y, both of one length.
func addScaled(y []float64, v float64, x []float64) {
	for k, w := range x {
		y[k] += v * w
	}
}

// image is one channel of one image.
type image struct {
	x             []float64
	height, width int
}

// channel returns channel c of image i.
func (r rows) channel(i, c int) image {
	size := r.shape[1] * r.shape[2]
	at := (i*r.shape[0] + c) * size
	return image{r.x[at : at+size], r.shape[1], r.shape[2]}
}

// tap is one element of a kernel: where it looks.
type tap struct{ dy, dx, stride, padding int }

// taps calls f with every element of a square kernel.
func taps(l Layer, f func(k int, t tap)) {
	size := l.get("kernel")
	for k := range size * size {
		f(k, tap{k / size, k % size, l.get("stride"), l.get("padding")})
	}
}

// over calls f for every element of dst whose tap is inside the image, with the
// number there, and outside with the others.
func (t tap) over(dst, src image, f func(to *float64, v float64)) {
	for y := range dst.height {
		at := y*t.stride + t.dy - t.padding
		if at < 0 || at >= src.height {
			continue
		}
		from, to := src.x[at*src.width:(at+1)*src.width], dst.x[y*dst.width:(y+1)*dst.width]
		for x := range to {
			if col := x*t.stride + t.dx - t.padding; col >= 0 && col < src.width {
				f(&to[x], from[col])
			}
		}
	}
}

// plainConv2D returns the convolution with kernels w[0] and offsets.
func plainConv2D(r rows, l Layer, w []Param) []float64 {
	shape, _ := l.out(r.shape)
	out := rows{x: make([]float64, r.n*product(shape)), n: r.n, shape: shape}
	area := l.get("kernel") * l.get("kernel")
	groupIn, groupOut, b := r.shape[0]/l.get("groups"), shape[0]/l.get("groups"), offsets(l, w)
	for i := range r.n {
		for o := range shape[0] {
			dst := out.channel(i, o)
			for k := range dst.x {
				dst.x[k] = b[o]
			}
			for c := range groupIn {
				kernel := w[0].Data[(o*groupIn+c)*area:][:area]
				convolve(dst, r.channel(i, o/groupOut*groupIn+c), l, kernel)
			}
		}
	}
	return out.x
}

// convolve adds kernel ⋆ src to dst. Rows of the image that lie next to each other
// are added as a whole where the stride is 1.
func convolve(dst, src image, l Layer, kernel []float64) {
	taps(l, func(k int, t tap) {
		if t.stride != 1 {
			t.over(dst, src, func(to *float64, v float64) { *to += kernel[k] * v })
			return
		}
		lo, hi := max(0, t.padding-t.dx), min(dst.width, src.width+t.padding-t.dx)
		for y := max(0, t.padding-t.dy); y < min(dst.height, src.height+t.padding-t.dy) && lo < hi; y++ {
			from := src.x[(y+t.dy-t.padding)*src.width+lo+t.dx-t.padding:]
			addScaled(dst.x[y*dst.width+lo:y*dst.width+hi], kernel[k], from[:hi-lo])
		}
	})
}

// plainPool applies f to every element of every window, starting from a value.
func plainPool(r rows, l Layer, start float64, f func(to *float64, v float64)) []float64 {
	shape, _ := l.out(r.shape)
	out := rows{x: make([]float64, r.n*product(shape)), n: r.n, shape: shape}
	for i := range out.x {
		out.x[i] = start
	}
	for i := range r.n {
		for c := range shape[0] {
			taps(l, func(_ int, t tap) { t.over(out.channel(i, c), r.channel(i, c), f) })
		}
	}
	return out.x
}

func plainMaxPool2D(r rows, l Layer, _ []Param) []float64 {
	return plainPool(r, l, math.Inf(-1), func(to *float64, v float64) { *to = math.Max(*to, v) })
}

func plainAvgPool2D(r rows, l Layer, _ []Param) []float64 {
	part := 1 / float64(l.get("kernel")*l.get("kernel"))
	return plainPool(r, l, 0, func(to *float64, v float64) { *to += part * v })
}

// normEpsilon is torch's.
const normEpsilon = 1e-5

// plainBatchNorm returns γ·(x − μ)/√(σ² + ε) + β for γ, β, μ and σ² of each channel.
func plainBatchNorm(r rows, _ Layer, w []Param) []float64 {
	y, channels := make([]float64, len(r.x)), r.shape[0]
	size := product(r.shape) / channels
	for i, v := range r.x {
		c := i / size % channels
		y[i] = w[0].Data[c]*(v-w[2].Data[c])/math.Sqrt(w[3].Data[c]+normEpsilon) + w[1].Data[c]
	}
	return y
}
