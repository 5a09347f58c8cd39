package bench

import "time"

// epoch is what a server had spent after the first step of an epoch and after
// the last.
type epoch struct{ First, Last mark }

// mark is what was spent until a moment: on this server, and allocations in the
// process.
type mark struct {
	Time   time.Time
	Rounds int
	Bytes  int64
	Allocs uint64
}

// summary puts together what the three servers have measured in laps of so many
// steps. Allocations are counted when server 0 has done a step; the others may be a
// little before or behind.
func summary(servers [3][]epoch, steps int) Step {
	var sum Step
	laps := servers[0][warmLaps:]
	n := float64(len(laps) * steps)
	for _, list := range servers {
		for _, e := range list[warmLaps:] {
			sum.Bytes += float64(e.Last.Bytes-e.First.Bytes) / n / float64(len(servers))
			sum.Allocs += float64(e.Last.Allocs-e.First.Allocs) / n
		}
	}
	return Step{
		Milliseconds: digits(perStep(servers, steps), 4), Rounds: digits(rounds(servers)/n, 3),
		Bytes: digits(sum.Bytes, 5), Allocs: hundredths(sum.Allocs),
	}
}

// perStep returns the median of the laps, in milliseconds a step: a lap lasts from
// when the last server has done the first step until the last has done the last.
func perStep(servers [3][]epoch, steps int) float64 {
	var took []time.Duration
	for i := range servers[0][warmLaps:] {
		var first, last time.Time
		for _, list := range servers {
			e := list[warmLaps+i]
			first, last = later(first, e.First.Time), later(last, e.Last.Time)
		}
		took = append(took, last.Sub(first))
	}
	return median(took).Seconds() * 1e3 / float64(steps)
}

// rounds is how many the busiest server went through in the laps that count.
func rounds(servers [3][]epoch) float64 {
	most := 0
	for _, list := range servers {
		sum := 0
		for _, e := range list[warmLaps:] {
			sum += e.Last.Rounds - e.First.Rounds
		}
		most = max(most, sum)
	}
	return float64(most)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
