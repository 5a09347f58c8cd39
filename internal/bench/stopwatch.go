package bench

import (
	"runtime"
	"sync"
	"time"
)

// warmLaps are not counted: memory is fetched and pools are filled in them.
const warmLaps = 1

// stopwatch takes the laps of three servers that run side by side. A lap begins
// for all of them at once, and ends when the last of them is through.
type stopwatch struct {
	effort
	mu      sync.Mutex
	begin   sync.Cond
	here    int // servers that wait for the next lap
	laps    int // that have begun
	stopped bool
	last    time.Time // begin of this lap, and of the first that counts
	first   time.Time
	took    []time.Duration
	allocs  [2]uint64 // of the process until the first lap that counts, and until the end
}

func newStopwatch(e effort) *stopwatch {
	w := &stopwatch{effort: e, took: make([]time.Duration, 0, 1<<12)}
	w.begin.L = &w.mu
	return w
}

// lap is called by each server before each lap, and returns when all three have
// called. It reports whether there is to be one.
func (w *stopwatch) lap() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.here++; w.here == 3 {
		w.turn()
		return !w.stopped
	}
	for lap := w.laps; lap == w.laps && !w.stopped; {
		w.begin.Wait()
	}
	return !w.stopped
}

// turn ends a lap and begins the next.
func (w *stopwatch) turn() {
	now := time.Now()
	if w.laps > warmLaps {
		w.took = append(w.took, now.Sub(w.last))
	}
	if w.laps == warmLaps {
		w.first, w.allocs[0] = now, mallocs()
	}
	if len(w.took) >= w.samples && now.Sub(w.first) >= w.total {
		w.allocs[1], w.stopped = mallocs(), true
	}
	w.here, w.last = 0, time.Now()
	w.laps++
	w.begin.Broadcast()
}

// stop lets waiting servers go: one has failed and will not come.
func (w *stopwatch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	w.begin.Broadcast()
}

// median returns the median lap.
func (w *stopwatch) median() time.Duration { return median(w.took) }

// allocsPerLap returns how often the process allocated in a lap: a mean.
func (w *stopwatch) allocsPerLap() float64 {
	return float64(w.allocs[1]-w.allocs[0]) / float64(len(w.took))
}

// mallocs returns how often this process has allocated so far.
func mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}
