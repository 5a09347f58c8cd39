package bench

import (
	"slices"
	"time"
)

// effort says how long one figure is measured.
type effort struct {
	samples int           // at least so many; the figure is their median
	total   time.Duration // and until so much time has gone
	least   time.Duration // length of one sample, where a call is shorter
}

// perCall returns the median time of a call of each function. Their samples
// alternate, so that whatever else the machine does hits all of them.
func (e effort) perCall(fs ...func()) []time.Duration {
	calls, took := make([]int, len(fs)), make([][]time.Duration, len(fs))
	for i, f := range fs {
		calls[i] = e.fill(f)
	}
	for start := time.Now(); len(took[0]) < e.samples || time.Since(start) < e.total; {
		for i, f := range fs {
			took[i] = append(took[i], repeat(calls[i], f)/time.Duration(calls[i]))
		}
	}
	medians := make([]time.Duration, len(fs))
	for i := range fs {
		medians[i] = median(took[i])
	}
	return medians
}

// fill returns how many calls make a sample of the least length. It warms f up.
func (e effort) fill(f func()) int {
	calls := 1
	for repeat(calls, f) < e.least {
		calls *= 2
	}
	return calls
}

// repeat returns how long so many calls take.
func repeat(calls int, f func()) time.Duration {
	start := time.Now()
	for range calls {
		f()
	}
	return time.Since(start)
}

// median returns the middle one, or the mean of the two in the middle.
func median(took []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(took))
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}

// rate is n things in a time, in 10⁹ a second.
func rate(n int, took time.Duration) float64 { return float64(n) / float64(took.Nanoseconds()) }
