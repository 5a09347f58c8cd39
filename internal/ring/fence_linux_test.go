package ring

import (
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// A fence hands out slices that begin or end at a page nobody may touch, so
// that a kernel that reads one byte too far faults.
type fence struct{ words []uint64 }

func newFence(t testing.TB) *fence {
	page := os.Getpagesize()
	const pages = 16
	mem, err := syscall.Mmap(-1, 0, (pages+2)*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	require.NoError(t, err)
	require.NoError(t, syscall.Mprotect(mem[:page], syscall.PROT_NONE))
	require.NoError(t, syscall.Mprotect(mem[(pages+1)*page:], syscall.PROT_NONE))
	t.Cleanup(func() { require.NoError(t, syscall.Munmap(mem)) })
	inside := mem[page : (pages+1)*page]
	return &fence{unsafe.Slice((*uint64)(unsafe.Pointer(&inside[0])), len(inside)/8)}
}

// put copies x to the end of the fence, or to its start.
func (f *fence) put(x []uint64, atEnd bool) []uint64 {
	s := f.words[:len(x):len(x)]
	if atEnd {
		s = f.words[len(f.words)-len(x):]
	}
	copy(s, x)
	return s
}

// fences makes five of them, one for each argument.
func fences(t testing.TB) (all [5]*fence) {
	for i := range all {
		all[i] = newFence(t)
	}
	return all
}

// unfaulted runs f and fails if it faults.
func unfaulted(t *testing.T, what string, f func()) {
	t.Helper()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	require.NotPanics(t, f, "%s touches memory outside its arguments", what)
}

func TestFenceFaults(t *testing.T) {
	f := newFence(t)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	for _, at := range []*uint64{
		(*uint64)(unsafe.Add(unsafe.Pointer(&f.words[0]), -8)),
		(*uint64)(unsafe.Add(unsafe.Pointer(&f.words[len(f.words)-1]), 8)),
	} {
		require.Panics(t, func() { *at++ })
	}
}

func TestNoTouchOutside(t *testing.T) { eachLevel(t, testNoTouchOutside) }

func testNoTouchOutside(t *testing.T) {
	mem := fences(t)
	for n := range 66 {
		for _, atEnd := range []bool{true, false} {
			put := func(i, n int) []uint64 { return mem[i].put(make([]uint64, n), atEnd) }
			v := [5][]uint64{put(0, n), put(1, n), put(2, n), put(3, n), put(4, n)}
			for _, op := range vectorOps {
				unfaulted(t, fmt.Sprint(op.name, n), func() { op.run(v[0], v[1], v[2], 3) })
			}
			unfaulted(t, fmt.Sprint("shares ", n), func() {
				MulShare(v[0], v[1], v[2], v[3], v[4])
				AndShare(v[0], v[1], v[2], v[3], v[4])
			})
			unfaulted(t, fmt.Sprint("sums ", n), func() { Sum(v[0]); Dot(v[1], v[2]) })
			for _, width := range []int{1, 7, 8, 13, 57, 63} {
				planes, packed := put(0, width*((n+63)/64)), put(1, PackedLen(n, width))
				unfaulted(t, fmt.Sprintf("bits %d×%d", n, width), func() {
					ToPlanes(planes, v[2], width)
					FromPlanes(v[2], planes, width)
					PackBits(packed, v[2], width)
					UnpackBits(v[2], packed, width)
				})
			}
		}
	}
}

func TestBitsNoTouchOutside(t *testing.T) { eachLevel(t, testBitsNoTouchOutside) }

func testBitsNoTouchOutside(t *testing.T) {
	mem := fences(t)
	for _, n := range []int{128, 511, 512, 513, 640} {
		for width := 1; width <= 64; width++ {
			planes := mem[0].put(make([]uint64, width*((n+63)/64))[:min(width*((n+63)/64), 8192)], true)
			packed, x := mem[1].put(make([]uint64, PackedLen(n, width)), true), mem[2].put(make([]uint64, n), true)
			unfaulted(t, fmt.Sprintf("bits %d×%d", n, width), func() {
				ToPlanes(planes, x, width)
				FromPlanes(x, planes, width)
				PackBits(packed, x, width)
				UnpackBits(x, packed, width)
			})
		}
	}
}

func TestPackNoTouchOutside(t *testing.T) { eachLevel(t, testPackNoTouchOutside) }

func testPackNoTouchOutside(t *testing.T) {
	mem := fences(t)
	for _, n := range packLengths() {
		for width := 1; width <= 64; width++ {
			for _, atEnd := range []bool{true, false} {
				packed, x := mem[0].put(make([]uint64, PackedLen(n, width)), atEnd), mem[1].put(make([]uint64, n), atEnd)
				unfaulted(t, fmt.Sprintf("bits %d×%d", n, width), func() {
					PackBits(packed, x, width)
					UnpackBits(x, packed, width)
				})
			}
		}
	}
}

func TestProductNoTouchOutside(t *testing.T) {
	mem := fences(t)
	for name, matMul := range multipliers() {
		for _, s := range append(amxShapes, productShapes...) {
			if s[0]*s[1]*s[2] == 0 || max(s[0]*s[1], s[1]*s[2], s[0]*s[2]) > 8192 {
				continue
			}
			for layout := range 8 {
				view := func(i, rows, cols int, turned bool) Matrix {
					data := mem[i].put(make([]uint64, rows*cols), layout&4 == 0)
					if turned {
						return Dense(data, cols, rows).T()
					}
					return Dense(data, rows, cols)
				}
				p := product{
					dst: view(0, s[0], s[2], false),
					a:   view(1, s[0], s[1], layout&1 == 1), b: view(2, s[1], s[2], layout&2 == 2),
				}
				unfaulted(t, fmt.Sprintf("%s %v layout %d", name, s, layout), func() { matMul(p) })
			}
		}
	}
}

func TestVectorProductNoTouchOutside(t *testing.T) { eachLevel(t, testVectorProductNoTouchOutside) }

func testVectorProductNoTouchOutside(t *testing.T) {
	mem := fences(t)
	for m := 1; m < 12; m++ {
		for k := 1; k < 40; k++ {
			a, y, dst := mem[0].put(make([]uint64, m*k), true), mem[1].put(make([]uint64, k), true), mem[2].put(make([]uint64, m), true)
			unfaulted(t, fmt.Sprintf("%d×%d", m, k), func() {
				MatMulAdd(Dense(dst, m, 1), Dense(a, m, k), Dense(y, k, 1))
				MatMulAdd(Dense(dst, m, 1), Dense(a, k, m).T(), Dense(y, k, 1))
				MatMulAdd(Dense(dst, 1, m), Dense(y, 1, k), Dense(a, k, m))
			})
		}
	}
}
