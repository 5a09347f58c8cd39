package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/trefoil-ml/trefoil/parties"
)

// mostFeatures is how many coefficients fit on a screen.
const mostFeatures = 40

// model shows the coefficients in the original units, the strongest of them if
// there are too many for a screen.
func model(m *parties.Model) string {
	if m == nil {
		return "model: the job does not reveal it\n"
	}
	if m.Network != nil {
		return network(m)
	}
	shown, left := strongest(m)
	t := table{{"feature", "per unit"}}
	if m.Standardised != nil {
		t[0] = append(t[0], "standardised")
	}
	for _, i := range shown {
		t = append(t, coefficient(m, i))
	}
	t = append(t, intercept(m))
	for _, site := range slices.Sorted(maps.Keys(m.SiteIntercepts)) {
		t = append(t, []string{"  added in " + site, number(m.SiteIntercepts[site])})
	}
	text := fmt.Sprintf("model: %s\n%s", predicted(m), t)
	if left > 0 {
		text += fmt.Sprintf("  and %s with smaller effect, see --json or --out\n", count(left, "feature"))
	}
	return text
}

func coefficient(m *parties.Model, i int) []string {
	cells := []string{m.Features[i], number(m.Coefficients[i])}
	if m.Standardised != nil {
		cells = append(cells, number(m.Standardised.Coefficients[i]))
	}
	return cells
}

func intercept(m *parties.Model) []string {
	cells := []string{"intercept", number(m.Intercept)}
	if m.Standardised != nil {
		cells = append(cells, number(m.Standardised.Intercept))
	}
	return cells
}

// strongest returns the features to show, in the order of the data unless some
// have to be left out, and how many are.
func strongest(m *parties.Model) (shown []int, left int) {
	shown = make([]int, len(m.Features))
	for i := range shown {
		shown[i] = i
	}
	if len(shown) <= mostFeatures {
		return shown, 0
	}
	effect := m.Coefficients
	if m.Standardised != nil {
		effect = m.Standardised.Coefficients
	}
	slices.SortStableFunc(shown, func(a, b int) int {
		return cmp.Compare(math.Abs(effect[b]), math.Abs(effect[a]))
	})
	return shown[:mostFeatures], len(shown) - mostFeatures
}

func number(x float64) string { return fmt.Sprintf("%+.4g", x) }
