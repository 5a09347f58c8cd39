package ring

import (
	"fmt"
	"math"
)

// A Window says how a convolution kernel moves over an image of
// Channels×Height×Width: all sizes in elements, with Pad zeros on either side.
type Window struct {
	Channels, Height, Width int
	KernelH, KernelW        int
	StrideH, StrideW        int
	PadH, PadW              int
}

// OutHeight is the number of positions of the kernel down the image.
func (w Window) OutHeight() int { return (w.Height+2*w.PadH-w.KernelH)/w.StrideH + 1 }

// OutWidth is the number of positions of the kernel across the image.
func (w Window) OutWidth() int { return (w.Width+2*w.PadW-w.KernelW)/w.StrideW + 1 }

// Rows is the number of elements the kernel covers, Channels·KernelH·KernelW.
func (w Window) Rows() int { return w.Channels * w.KernelH * w.KernelW }

// Cols is the number of positions, OutHeight·OutWidth.
func (w Window) Cols() int { return w.OutHeight() * w.OutWidth() }

// Im2Col writes what the kernel sees at each position to a column of the
// row-major Rows×Cols matrix dst:
//
//	dst[(c,i,j), (y,x)] = src[c, y·StrideH+i-PadH, x·StrideW+j-PadW], 0 outside
//
// src is one image, so that dst stays in cache; a convolution with m kernels is
// then the product of the m×Rows weights with dst, again an image.
func Im2Col(dst, src []uint64, w Window) {
	w.check("Im2Col", "src", len(src), "dst", len(dst))
	cols := w.Cols()
	w.eachRow(func(row, c, i, j int) {
		w.takeRow(dst[row*cols:(row+1)*cols], src[c*w.Height*w.Width:], i, j)
	})
}

// Col2Im adds the matrix src, Rows×Cols as Im2Col writes it, back to the image:
//
//	dst[c, y·StrideH+i-PadH, x·StrideW+j-PadW] += src[(c,i,j), (y,x)]
//
// leaving out what lies outside. It is the transpose of the linear map Im2Col.
func Col2Im(dst, src []uint64, w Window) {
	w.check("Col2Im", "dst", len(dst), "src", len(src))
	cols := w.Cols()
	w.eachRow(func(row, c, i, j int) {
		w.giveRow(dst[c*w.Height*w.Width:], src[row*cols:(row+1)*cols], i, j)
	})
}

// eachRow calls f for every element of the kernel.
func (w Window) eachRow(f func(row, c, i, j int)) {
	row := 0
	for c := range w.Channels {
		for i := range w.KernelH {
			for j := range w.KernelW {
				f(row, c, i, j)
				row++
			}
		}
	}
}

// takeRow copies what element (i, j) of the kernel sees of one channel.
func (w Window) takeRow(dst, channel []uint64, i, j int) {
	width := w.OutWidth()
	if w.StrideH == 1 && w.StrideW == 1 && w.PadH == 0 && w.PadW == 0 {
		takeBlock(dst, channel[i*w.Width+j:], width, w.Width)
		return
	}
	from, to := w.inside(j)
	for y := range w.OutHeight() {
		line := dst[y*width : (y+1)*width]
		row := y*w.StrideH + i - w.PadH
		if row < 0 || row >= w.Height || from >= to {
			clear(line)
			continue
		}
		clear(line[:from])
		clear(line[to:])
		image := channel[row*w.Width : (row+1)*w.Width]
		w.takeLine(line[from:to], image, from*w.StrideW+j-w.PadW)
	}
}

// takeBlock copies lines of the given width, which begin a stride apart in src.
func takeBlock(dst, src []uint64, width, stride int) {
	for at := 0; len(dst) > 0; at += stride {
		to, from := dst[:width], src[at:at+width]
		for len(to) >= 8 && len(from) >= 8 {
			*(*[8]uint64)(to) = *(*[8]uint64)(from)
			to, from = to[8:], from[8:]
		}
		if len(to) > 0 {
			copy(to, from)
		}
		dst = dst[width:]
	}
}

func (w Window) takeLine(line, image []uint64, at int) {
	if w.StrideW == 1 {
		copy(line, image[at:])
		return
	}
	for x := range line {
		line[x] = image[at+x*w.StrideW]
	}
}

// giveRow adds what element (i, j) of the kernel saw of one channel.
func (w Window) giveRow(channel, src []uint64, i, j int) {
	width := w.OutWidth()
	from, to := w.inside(j)
	for y := range w.OutHeight() {
		row := y*w.StrideH + i - w.PadH
		if row < 0 || row >= w.Height || from >= to {
			continue
		}
		image := channel[row*w.Width : (row+1)*w.Width]
		w.giveLine(image, src[y*width+from:y*width+to], from*w.StrideW+j-w.PadW)
	}
}

func (w Window) giveLine(image, line []uint64, at int) {
	if w.StrideW == 1 {
		part := image[at : at+len(line)]
		active().add(part, part, line)
		return
	}
	for x, v := range line {
		image[at+x*w.StrideW] += v
	}
}

// inside is the range of positions across at which kernel column j is over the
// image and not over padding.
func (w Window) inside(j int) (from, to int) {
	width := w.OutWidth()
	from = max(0, (w.PadW-j+w.StrideW-1)/w.StrideW)
	to = (w.Width + w.PadW - j + w.StrideW - 1) / w.StrideW
	return min(from, width), max(0, min(to, width))
}

// maxWindow is the largest size and stride of a window: sums of a few are far
// from the end of an int.
const maxWindow = math.MaxInt32

// check panics unless the window is sound and both lengths fit it.
func (w Window) check(op, image string, imageLen int, matrix string, matrixLen int) {
	if !w.sound() {
		panic(&ShapeError{
			Op: op, Got: fmt.Sprintf("%+v", w),
			Want: "an image and strides from 1, a kernel that fits into the padded image, and no size over 2^31-1",
		})
	}
	wantArea(op, image, imageLen, "Channels*Height*Width", w.Channels, w.Height, w.Width)
	wantArea(op, matrix, matrixLen, "Rows*Cols of the window", w.Channels, w.KernelH, w.KernelW, w.OutHeight(), w.OutWidth())
}

func (w Window) sound() bool {
	least := min(w.Height, w.Width, w.KernelH, w.KernelW, w.StrideH, w.StrideW)
	most := max(w.Channels, w.Height, w.Width, w.StrideH, w.StrideW, w.PadH, w.PadW)
	return least >= 1 && min(w.Channels, w.PadH, w.PadW) >= 0 && most <= maxWindow &&
		w.KernelH <= w.Height+2*w.PadH && w.KernelW <= w.Width+2*w.PadW
}
