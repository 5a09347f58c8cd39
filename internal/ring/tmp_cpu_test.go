//go:build amd64 && !purego

package ring

import (
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"unsafe"
)

func cpuNow() int64 {
	var ts syscall.Timespec
	syscall.RawSyscall(228, 3, uintptr(unsafe.Pointer(&ts)), 0)
	return ts.Nano()
}

func sample(name string, size int, n int, f func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var s []float64
	for range n {
		t := cpuNow()
		f()
		s = append(s, float64(size)/float64(cpuNow()-t))
	}
	slices.Sort(s)
	fmt.Printf("%-40s best %7.2f p90 %7.2f median %7.2f\n", name, s[n-1], s[n*9/10], s[n/2])
}

func TestXMat(t *testing.T) {
	_ = Levels()
	for _, l := range testLevels(t) {
		SetLevel(l)
		for i, s := range benchShapes {
			dst, x, y := benchProduct(i)
			size := s.m * s.k * s.n
			sample(fmt.Sprintf("%s %dx%dx%d%s", l, s.m, s.k, s.n, s.form), size, max(20, min(2000, 400e6*3/size)), func() { run(product{dst: dst, x0: x, y0: y}) })
		}
	}
}

func TestXPanel(t *testing.T) {
	_ = Levels()
	for _, blocks := range []int{1, 2, 4, 5, 8, 13} {
			rng := newRand(1)
			x, y := getScratch(9000+8*blocks*amxBlock), getScratch(9000+8*blocks*amxBlock)
			copy(x.words, words(rng, len(x.words)))
			copy(y.words, words(rng, len(y.words)))
			c := make([]uint64, 128*128)
			sp := make([]uint64, 8192)
			sample(fmt.Sprint("panel", blocks), 128*128*blocks*64, 300, func() {
				for j := range 8 {
					panelAMX(blocks, 128, &x.words[0], &y.words[j*blocks*amxBlock], &c[j*16], 128, 65535, &sp[0])
				}
			})
	}
}
