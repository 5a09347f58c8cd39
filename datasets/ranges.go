package datasets

import (
	"fmt"
	"slices"
)

// Ranges are smallest and largest values of the features that the owners have
// agreed on beforehand, as a standardisation without joint statistics.
type Ranges struct {
	Features []string
	Min, Max []float64
}

// NewRanges returns the ranges of the features from a table by name, such as
// {"age": {0, 120}}. It returns an error unless there is one range for every
// feature and no other, with finite ends in order.
func NewRanges(features []string, byName map[string][2]float64) (Ranges, error) {
	r := Ranges{Features: slices.Clone(features)}
	for _, name := range features {
		ends, ok := byName[name]
		if !ok {
			return Ranges{}, fmt.Errorf("datasets: no range for feature %q, want one for every feature", name)
		}
		if !(ends[0] >= -MaxCell && ends[0] <= ends[1] && ends[1] <= MaxCell) {
			return Ranges{}, fmt.Errorf("datasets: got the range %v to %v for feature %q, want ends in order within ±%g",
				ends[0], ends[1], name, MaxCell)
		}
		r.Min, r.Max = append(r.Min, ends[0]), append(r.Max, ends[1])
	}
	for _, name := range sortedKeys(byName) {
		if !slices.Contains(features, name) {
			return Ranges{}, fmt.Errorf("datasets: a range is for %q, which is no feature%s", name, didYouMean(name, features))
		}
	}
	return r, nil
}

func sortedKeys(byName map[string][2]float64) []string {
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func didYouMean(name string, names []string) string {
	if other, ok := nearest(name, names); ok {
		return fmt.Sprintf(", did you mean %q?", other)
	}
	return ""
}

// Standardiser returns the standardiser that maps every range to [-1, 1]: the
// mean is the middle of the range and the scale half its length. A range
// without length gets scale 1 and is listed as constant.
func (r Ranges) Standardiser() Standardiser {
	st := Identity(r.Features)
	for j, name := range r.Features {
		st.Mean[j] = r.Min[j] + (r.Max[j]-r.Min[j])/2
		if r.Min[j] == r.Max[j] {
			st.Constant = append(st.Constant, name)
			continue
		}
		st.Scale[j] = (r.Max[j] - r.Min[j]) / 2
	}
	return st
}

// Check returns a *ParseError with the place of the first cell of the table
// that is outside of its range, or nil.
func (r Ranges) Check(t *Table) error {
	if at := firstDifference(r.Features, t.Features); at >= 0 {
		return fmt.Errorf("datasets: feature %d is %s in %s and %s in the ranges",
			at+1, nameAt(t.Features, at), t.Source, nameAt(r.Features, at))
	}
	for i := range t.Rows() {
		for j, v := range t.X.Row(i).Data() {
			if v < r.Min[j] || v > r.Max[j] {
				return t.errorAt(i, j, fmt.Sprintf("got %v, want %v to %v as agreed", v, r.Min[j], r.Max[j]),
					"correct the cell or agree on a wider range")
			}
		}
	}
	return nil
}
