package ring

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// split runs p on every core. Waking an idle core takes about 100 µs, so there are
// few parts, of kernels.partSize or more: the caller does what it
// can until help comes, and takes little more when it does not. When as many
// large products run as there are cores, cutting up another gains nothing.
func split(p product) {
	k := active()
	procs := runtime.GOMAXPROCS(0)
	parts := min(p.size()/k.partSize, k.parts*procs)
	if parts < 2 {
		run(p)
		return
	}
	defer large.Add(-1)
	if int(large.Add(1)) >= procs {
		run(p)
		return
	}
	t := getTask()
	t.product = p
	t.rows, t.cols = grid(p.dst.Rows, p.dst.Cols, parts)
	t.finish(procs - 1)
}

// EachPart calls f(0) to f(parts-1), on every core unless enough large work is in
// progress. A part should take 100 µs or more. Calls overlap, in any
// order.
func EachPart(parts int, f func(i int)) {
	inTurn := func() {
		for i := range parts {
			f(i)
		}
	}
	if parts < 2 {
		inTurn()
		return
	}
	defer large.Add(-1)
	procs := runtime.GOMAXPROCS(0)
	if int(large.Add(1)) >= procs {
		inTurn()
		return
	}
	t := getTask()
	t.each, t.rows, t.cols = f, parts, 1
	t.finish(procs - 1)
}

// large counts the work in progress that is worth more than one core.
var large atomic.Int64

// run gives a product, or a part of one, to its kernel.
func run(p product) {
	k := active()
	if p.dst.Cols == 1 && p.b.RowStride == 1 {
		k.matVec(p.dst, p.a, p.b.Data[:p.b.Rows])
		return
	}
	k.matMul(p)
}

// A task is work in parts that several goroutines do: each takes the next
// part that nobody has, so that a goroutine that starts late, or never gets a
// core, holds nobody up. Tasks are pooled and a task keeps its helper's
// function, so that a product allocates nothing.
type task struct {
	product    product
	each       func(part int) // instead of a product
	rows, cols int            // dst is cut into rows×cols parts
	next       atomic.Int64   // the next part to take
	parts      sync.WaitGroup // parts that are not done
	users      atomic.Int64   // goroutines that may still look at the task
	helper     func()
}

var tasks sync.Pool

// getTask takes a task from the pool or makes one.
func getTask() *task {
	if t, ok := tasks.Get().(*task); ok {
		return t
	}
	t := new(task)
	t.helper = func() { t.work(); t.leave() }
	return t
}

// finish does the task with up to so many helpers.
func (t *task) finish(helpers int) {
	helpers = min(helpers, t.rows*t.cols-1)
	t.next.Store(0)
	t.users.Store(int64(1 + helpers))
	t.parts.Add(t.rows * t.cols)
	for range helpers {
		go t.helper()
	}
	t.work()
	t.parts.Wait()
	t.leave()
}

// Parts begin at multiples of these, which most tiles divide.
const (
	cutRows = 16
	cutCols = 48
)

// grid cuts a matrix of m×n into about the given number of parts, as square as
// can be: a part packs its own rows and columns.
func grid(m, n, parts int) (rows, cols int) {
	rows = int(math.Sqrt(float64(parts) * float64(m) / float64(n)))
	rows = max(1, min(rows, parts, (m+cutRows-1)/cutRows))
	cols = min(parts/rows, (n+cutCols-1)/cutCols)
	if cols == 1 {
		rows = min(parts, (m+cutRows-1)/cutRows)
	}
	return rows, cols
}

// work does parts until none is left.
func (t *task) work() {
	for {
		i := int(t.next.Add(1)) - 1
		if i >= t.rows*t.cols {
			return
		}
		if t.each != nil {
			t.each(i)
		} else if p := t.part(i/t.cols, i%t.cols); !p.dst.empty() {
			run(p)
		}
		t.parts.Done()
	}
}

// leave gives the task back when the last goroutine leaves it.
func (t *task) leave() {
	if t.users.Add(-1) == 0 {
		t.product, t.each = product{}, nil
		tasks.Put(t)
	}
}

// part is the part of dst in one place of the grid. It may be empty.
func (t *task) part(i, j int) product {
	m, n := t.product.dst.Rows, t.product.dst.Cols
	r, r1 := cut(m, i, t.rows, cutRows), cut(m, i+1, t.rows, cutRows)
	c, c1 := cut(n, j, t.cols, cutCols), cut(n, j+1, t.cols, cutCols)
	if r == r1 || c == c1 {
		return product{}
	}
	return t.product.rows(r, r1).cols(c, c1)
}

// cut is where part i of n elements in the given number of parts begins.
func cut(n, i, parts, multiple int) int {
	return min(n, (n*i/parts+multiple-1)/multiple*multiple)
}
