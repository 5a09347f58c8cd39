package datasets

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/tensor"
)

// WithTarget returns the table with the target as one more feature, the last: so
// that joint sums cover it, for regression. Y and the places in the file stay.
func (t *Table) WithTarget() *Table {
	n, d := t.Rows(), len(t.Features)
	wide := *t
	wide.Features = append(append(make([]string, 0, d+1), t.Features...), t.Target)
	wide.X = tensor.Zeros(n, d+1)
	for i := range n {
		row := wide.X.Row(i).Data()
		copy(row, t.X.Row(i).Data())
		row[d] = t.Y.At(i)
	}
	if t.columns != nil {
		wide.columns = append(append(make([]int, 0, d+1), t.columns...), t.targetColumn())
	}
	return &wide
}

// targetColumn returns the column of the file that no feature has.
func (t *Table) targetColumn() int {
	sum := (len(t.columns) + 1) * (len(t.columns) + 2) / 2 // 1 + 2 + … + d+1
	for _, c := range t.columns {
		sum -= c
	}
	return sum
}

// CutLast returns the standardiser without its last feature, and that feature's
// mean and scale: the inverse of what WithTarget adds. It panics without features.
func (st Standardiser) CutLast() (rest Standardiser, mean, scale float64) {
	d := len(st.Features) - 1
	if d < 0 {
		panic(fmt.Sprintf("datasets: got a standardiser of %d features, want at least one", d+1))
	}
	rest = Standardiser{Features: st.Features[:d:d], Mean: st.Mean[:d:d], Scale: st.Scale[:d:d]}
	for _, name := range st.Constant {
		if name != st.Features[d] {
			rest.Constant = append(rest.Constant, name)
		}
	}
	return rest, st.Mean[d], st.Scale[d]
}
