package datasets

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// A test fraction is read as a number of parts in a billion.
const fractionUnit = 1_000_000_000

// Split divides the rows 0 to rows-1 of a set into training and test rows,
// each in ascending order. The split is public: it depends on name, rows and
// fraction alone, and a row keeps its side when rows are added below it.
//
// With fraction = p/q in lowest terms, row i is a test row if and only if
//
//	h mod q < p,   h = the first 8 bytes, big-endian, of SHA-256("split-v1:NAME:i")
//
// with i in decimal; for 0.2 that is h mod 5 = 0. The fraction is rounded to
// nine decimals and must then lie between 0 and 1, both excluded. About that
// fraction of the rows become test rows; of a small set it may be none or all.
// Give every owner's set another name, or their splits are the same.
func Split(name string, rows int, fraction float64) (train, test []int, err error) {
	p, q, err := ratio(fraction)
	if err != nil {
		return nil, nil, err
	}
	for i := range rows {
		if splitHash(name, i)%q < p {
			test = append(test, i)
		} else {
			train = append(train, i)
		}
	}
	return train, test, nil
}

// Split divides the table like the function Split. Either part may be without
// rows.
func (t *Table) Split(name string, fraction float64) (train, test *Table, err error) {
	in, out, err := Split(name, t.Rows(), fraction)
	if err != nil {
		return nil, nil, err
	}
	return t.Take(in), t.Take(out), nil
}

func splitHash(name string, i int) uint64 {
	sum := sha256.Sum256([]byte("split-v1:" + name + ":" + strconv.Itoa(i)))
	return binary.BigEndian.Uint64(sum[:])
}

// ratio returns the fraction, rounded to nine decimals, in lowest terms.
func ratio(fraction float64) (p, q uint64, err error) {
	parts := math.RoundToEven(fraction * fractionUnit)
	if !(parts > 0 && parts < fractionUnit) {
		return 0, 0, fmt.Errorf("datasets: got a test fraction of %v, want between 0 and 1, such as 0.2", fraction)
	}
	a, b := uint64(parts), uint64(fractionUnit)
	for b != 0 {
		a, b = b, a%b
	}
	return uint64(parts) / a, fractionUnit / a, nil
}
