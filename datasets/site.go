package datasets

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/tensor"
)

// SiteFeatures returns the names of the columns that AppendSite adds:
// "site_" and the owner.
func SiteFeatures(owners []string) []string {
	names := make([]string, len(owners))
	for i, owner := range owners {
		names[i] = "site_" + owner
	}
	return names
}

// AppendSite returns the rows x (n×d) of one owner with a column for every
// owner behind them (n×(d+owners)): 1 in the column of that owner, 0 in the
// others. A linear model then has an intercept of its own for every site.
//
// No owner is left out as the reference. Beside an intercept the columns are
// redundant, but they carry the L2 penalty and the intercept does not, so the
// solution is unique, no site is special, and a row of an unknown site, all
// 0, gets the common intercept. Append them after standardising.
func AppendSite(x tensor.Dense, owner, owners int) tensor.Dense {
	shape := x.Shape()
	if len(shape) != 2 || owner < 0 || owner >= owners {
		panic(fmt.Sprintf("datasets: got rows of shape %s for owner %d of %d, want two axes and an owner from 0", tensor.ShapeString(shape), owner, owners))
	}
	n, d := shape[0], shape[1]
	wide := tensor.Zeros(n, d+owners)
	for i := range n {
		row := wide.Row(i).Data()
		copy(row, x.Row(i).Data())
		row[d+owner] = 1
	}
	return wide
}
