package ring

import (
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestProductsUnderSignals interrupts products all the time: with the signal
// that Go preempts goroutines with, the profiler's, and garbage collections.
// Vector and tile registers must survive.
func TestProductsUnderSignals(t *testing.T) { eachLevel(t, testProductsUnderSignals) }

func testProductsUnderSignals(t *testing.T) {
	if err := pprof.StartCPUProfile(io.Discard); err == nil { // not if the tests are being profiled
		defer pprof.StopCPUProfile()
	}
	stop, noise := new(atomic.Bool), new(sync.WaitGroup)
	noise.Go(func() {
		for n := 0; !stop.Load(); n++ {
			_ = syscall.Kill(os.Getpid(), syscall.SIGURG)
			if n%64 == 0 {
				runtime.GC()
			}
		}
	})
	defer noise.Wait()
	defer stop.Store(true)

	const m, k, n = 160, 144, 80
	rng := newRand(1)
	a, b := Dense(words(rng, m*k), m, k), Dense(words(rng, k*n), k, n)
	want := slowMatMulAdd(Dense(make([]uint64, m*n), m, n), a, b)
	var workers sync.WaitGroup
	var wrong atomic.Int64
	for range 3 {
		workers.Go(func() {
			for range 60 {
				dst := Dense(make([]uint64, m*n), m, n)
				MatMulAdd(dst, a, b)
				if !slices.Equal(want, dst.Data) {
					wrong.Add(1)
				}
			}
		})
	}
	workers.Wait()
	require.Zero(t, wrong.Load(), "wrong products")
}
