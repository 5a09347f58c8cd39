package ring

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestPartsCover checks that the parts of a task are every element of dst, once.
func TestPartsCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, n := rapid.IntRange(1, 300).Draw(t, "m"), rapid.IntRange(1, 300).Draw(t, "n")
		dst := Dense(make([]uint64, m*n), m, n)
		task := task{product: product{dst: dst, a: Dense(make([]uint64, m), m, 1), b: Dense(make([]uint64, n), 1, n)}}
		task.rows, task.cols = grid(m, n, rapid.IntRange(2, 64).Draw(t, "parts"))
		for i := range task.rows {
			for j := range task.cols {
				part := task.part(i, j).dst
				for r := range part.Rows {
					for c := range part.Cols {
						part.Data[r*part.RowStride+c]++
					}
				}
			}
		}
		require.Equal(t, slices.Repeat([]uint64{1}, m*n), dst.Data)
	})
}

// forceSplit has every product cut into parts, and three cores to use.
func forceSplit(t *testing.T) {
	before, procs := active(), runtime.GOMAXPROCS(3)
	k := *before
	k.partSize = 1 << 12
	current.Store(&k)
	t.Cleanup(func() {
		current.Store(before)
		runtime.GOMAXPROCS(procs)
	})
}

func TestSplitProducts(t *testing.T) { eachLevel(t, testSplitProducts) }

func testSplitProducts(t *testing.T) {
	forceSplit(t)
	for _, s := range [][3]int{{100, 80, 130}, {70, 400, 100}, {90, 200, 333}, {40, 200, 97}, {97, 200, 40}, {300, 50, 7}, {3, 90, 400}, {1000, 70, 1}, {1, 70, 1000}, {1, 9000, 1}} {
		rng := newRand(1)
		for i, l := range layouts {
			la, lb := layouts[i%2], layouts[1-i/2]
			a, b, dst := la.make(rng, s[0], s[1]), lb.make(rng, s[1], s[2]), l.make(rng, s[0], s[2])
			want := slowMatMulAdd(dst, a, b)
			MatMulAdd(dst, a, b)
			require.Equal(t, want, flat(dst), "%v: a %s, b %s, dst %s", s, la.name, lb.name, l.name)
		}
	}
}

// TestConcurrentProducts has many goroutines share the pools, the cores and,
// with AMX, the tile registers.
func TestConcurrentProducts(t *testing.T) { eachLevel(t, testConcurrentProducts) }

func testConcurrentProducts(t *testing.T) {
	forceSplit(t)
	const m, k, n = 64, 144, 48
	rng := newRand(1)
	a, b := Dense(words(rng, m*k), m, k), Dense(words(rng, k*n), k, n)
	want := slowMatMulAdd(Dense(make([]uint64, m*n), m, n), a, b)
	var wg sync.WaitGroup
	wrong := make(chan int, 8)
	for g := range cap(wrong) {
		wg.Go(func() {
			for range 20 {
				dst := Dense(make([]uint64, m*n), m, n)
				MatMulAdd(dst, a, b)
				if !slices.Equal(want, dst.Data) {
					wrong <- g
					return
				}
			}
		})
	}
	wg.Wait()
	close(wrong)
	for g := range wrong {
		t.Errorf("goroutine %d got a wrong product", g)
	}
}

// TestEachPart does every part once, by several goroutines where there are idle
// cores, also within a part of another call.
func TestEachPart(t *testing.T) {
	for _, procs := range []int{1, 3} {
		before := runtime.GOMAXPROCS(procs)
		for _, parts := range []int{0, 1, 2, 50} {
			done := make([]atomic.Int32, parts*4)
			EachPart(parts, func(i int) {
				EachPart(4, func(j int) { done[4*i+j].Add(1) })
			})
			for i := range done {
				require.EqualValues(t, 1, done[i].Load(), "part %d of %d", i, parts)
			}
		}
		runtime.GOMAXPROCS(before)
	}
}

// TestEachPartOverlaps has two parts wait for one another.
func TestEachPartOverlaps(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	var both sync.WaitGroup
	both.Add(2)
	EachPart(2, func(int) {
		both.Done()
		both.Wait()
	})
}
