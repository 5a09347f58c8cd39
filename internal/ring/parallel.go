package ring

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// splitSize is the number of multiply-adds from which a product is spread over
// cores: below it, waking a goroutine costs more than it saves.
const splitSize = 1 << 20

// split runs p on every core.
func split(p product) {
	parts := min(runtime.GOMAXPROCS(0), 2*p.size()/splitSize)
	if parts < 2 {
		run(p)
		return
	}
	t := getTask()
	t.start(p, parts)
	t.work()
	t.parts.Wait()
	t.leave()
}

// run gives a product, or a part of one, to its kernel.
func run(p product) {
	if p.dst.Cols == 1 && p.y0.RowStride == 1 && !p.share {
		active().matVec(p.dst, p.x0, p.y0.Data[:p.y0.Rows])
		return
	}
	active().matMul(p)
}

// A task is a product that several goroutines work on: each takes the next
// part that nobody has, so that a goroutine that starts late, or never gets a
// core, holds nobody up. Tasks are pooled and a task keeps its helper's
// function, so that a product allocates nothing.
type task struct {
	product product
	count   int            // parts in all
	next    atomic.Int64   // the next part to take
	parts   sync.WaitGroup // parts that are not done
	users   atomic.Int64   // goroutines that may still look at the task
	helper  func()
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

// start sets the task up and starts a helper for every part but one.
func (t *task) start(p product, count int) {
	t.product, t.count = p, count
	t.next.Store(0)
	t.users.Store(int64(count))
	t.parts.Add(count)
	for range count - 1 {
		go t.helper()
	}
}

// work does parts until none is left.
func (t *task) work() {
	for {
		i := int(t.next.Add(1)) - 1
		if i >= t.count {
			return
		}
		if p := t.part(i); !p.dst.empty() {
			run(p)
		}
		t.parts.Done()
	}
}

// leave gives the task back when the last goroutine leaves it.
func (t *task) leave() {
	if t.users.Add(-1) == 0 {
		t.product = product{}
		tasks.Put(t)
	}
}

// part cuts dst along its longer side, at multiples of the largest tile. It may
// be empty.
func (t *task) part(i int) product {
	m, n := t.product.dst.Rows, t.product.dst.Cols
	from, to := t.cut(max(m, n), i), t.cut(max(m, n), i+1)
	if from == to {
		return product{}
	}
	if m >= n {
		return t.product.rows(from, to)
	}
	return t.product.cols(from, to)
}

// cut is where part i of n rows begins.
func (t *task) cut(n, i int) int {
	const tile = 16
	return min(n, (n*i/t.count+tile-1)/tile*tile)
}
