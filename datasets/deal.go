package datasets

import (
	"fmt"
	"math"
)

// Deal divides the rows 0 to rows-1 among owners in proportion to their shares,
// such as {1, 1} for halves or {0.5, 0.3, 0.2}, each owner's in ascending order.
// It is public and depends on its arguments alone: row by row, the owner gets it
// that has the least of its due afterwards, (rows it has + 1) / share, the first
// of equals. Equal shares give every k-th row to the same one of k owners.
//
// It returns an error unless there are at least one owner and as many rows as
// owners, and every share, rounded to nine digits of the largest, is above 0.
func Deal(rows int, shares []float64) ([][]int, error) {
	if len(shares) == 0 || rows < len(shares) {
		return nil, fmt.Errorf("datasets: got %d rows for %d owners, want at least one row for each", rows, len(shares))
	}
	weights, err := wholeShares(shares)
	if err != nil {
		return nil, err
	}
	hands := make([][]int, len(shares))
	for i := range rows {
		to := neediest(hands, weights)
		hands[to] = append(hands[to], i)
	}
	for k, hand := range hands {
		if len(hand) == 0 {
			return nil, fmt.Errorf("datasets: a share of %v of %d rows is no row at all (owner %d)", shares[k], rows, k+1)
		}
	}
	return hands, nil
}

// wholeShares scales the shares to whole numbers up to fractionUnit, so that
// every machine compares them alike.
func wholeShares(shares []float64) ([]uint64, error) {
	largest := 0.0
	for _, share := range shares {
		largest = math.Max(largest, share) // NaN stays NaN
	}
	weights := make([]uint64, len(shares))
	for k, share := range shares {
		part := math.RoundToEven(share / largest * fractionUnit)
		if !(part >= 1 && part <= fractionUnit) {
			return nil, fmt.Errorf("datasets: got a share of %v of the rows, want more than 0, such as 0.5", share)
		}
		weights[k] = uint64(part)
	}
	return weights, nil
}

// neediest returns the first owner with the smallest (rows + 1) / weight. Rows
// are below 2^33 and weights below 2^30: no product overflows.
func neediest(hands [][]int, weights []uint64) int {
	best := 0
	for k := range hands {
		if uint64(len(hands[k])+1)*weights[best] < uint64(len(hands[best])+1)*weights[k] {
			best = k
		}
	}
	return best
}
