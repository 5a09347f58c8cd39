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
		onOneCore(func() {
			for _, s := range benchShapes {
				dst, x, y := s.operands()
				size := s.m * s.k * s.n
				sample(fmt.Sprint(l, " ", s), size, max(20, min(2000, 400e6*3/size)), func() { MatMulAdd(dst, x, y) })
			}
		})
	}
}

func TestXSmall(t *testing.T) {
	_ = Levels()
	for _, n := range []int{16, 30, 128, 784} {
		for _, m := range []int{1, 2, 3, 4, 6, 8, 12, 16} {
			s := benchShape{m, 128, n, "nn"}
			dst, x, y := s.operands()
			p := product{dst: dst, x0: x, y0: y}
			sample(fmt.Sprint("mullq ", m, "x128x", n), s.size(), 1000, func() { tilingAVX512().matMul(p) })
			sample(fmt.Sprint("ifma ", m, "x128x", n), s.size(), 1000, func() { newTiling52().matMul(p) })
		}
	}
}
