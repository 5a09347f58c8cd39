package mpc

// MaxRange is how many entries [Report].Range has at the most.
const MaxRange = 1000

// RangeReport says that values at one step left the range in which the secure
// engine computes what is meant: |x| < 2^62 for sums, products and what a
// truncation takes, |x| < 2^(width−1) for a comparison. Values are meant as
// signed integers, before they wrap around.
type RangeReport struct {
	Step  string  // the path of [Engine] Enter and Leave
	Op    string  // the operation, such as "add" or "matrix product"
	Index int     // the lowest index of an element out of range
	Count int     // how many elements, over all calls of the operation at this step
	Bits  float64 // log2 of the largest magnitude
	Limit int     // log2 of what magnitudes must stay below
}

// rangeLog keeps one entry for each step and operation.
type rangeLog struct {
	entries []RangeReport
	at      map[rangeKey]int
	more    int
	report  func(RangeReport)
}

type rangeKey struct{ step, op string }

func (l *rangeLog) add(r RangeReport) {
	if l.report != nil {
		l.report(r)
	}
	key := rangeKey{r.Step, r.Op}
	if i, known := l.at[key]; known {
		e := &l.entries[i]
		e.Index, e.Count = min(e.Index, r.Index), e.Count+r.Count
		e.Bits, e.Limit = max(e.Bits, r.Bits), min(e.Limit, r.Limit)
		return
	}
	if len(l.entries) == MaxRange {
		l.more++
		return
	}
	if l.at == nil {
		l.at = map[rangeKey]int{}
	}
	l.at[key] = len(l.entries)
	l.entries = append(l.entries, r)
}

// check looks for elements whose true value reaches 2^limit. Bound is an easy
// bound on log2 of all magnitudes: where it is below the limit nothing is
// looked at. Value adds up element i exactly.
func (c *Clear) check(op string, limit, bound, n int, value func(i int, s *total)) {
	if bound < limit {
		return
	}
	found := RangeReport{Op: op, Limit: limit}
	for i := range n {
		var s total
		if value(i, &s); s.reaches(limit) {
			found.note(i, s)
		}
	}
	if found.Count > 0 {
		found.Step = c.Step()
		c.ranges.add(found)
	}
}

func (r *RangeReport) note(i int, s total) {
	if r.Count == 0 {
		r.Index = i
	}
	r.Count++
	r.Bits = max(r.Bits, s.log2())
}

// checkEach is check for the elements of x as they are.
func (c *Clear) checkEach(op string, limit int, x []uint64) {
	c.check(op, limit, width(x), len(x), func(i int, s *total) { s.add(x[i]) })
}

// checkMul is check for x∘y.
func (c *Clear) checkMul(op string, x, y []uint64) {
	c.check(op, headroom, width(x)+width(y), len(x), func(i int, s *total) { s.addMul(x[i], y[i]) })
}
