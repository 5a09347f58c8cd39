package datasets

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"

	"github.com/trefoil-ml/trefoil/tensor"
)

// MaxRows is the largest number of rows, of all owners together, for which
// Sums cannot overflow.
const MaxRows = 1 << 31

const (
	wordsPerSum = 3  // a sum is one number of 192 bits
	cellBits    = 40 // a cell is rounded to a multiple of 2^-40
	sumBits     = 80 // a sum is a multiple of 2^-80
)

// Sums are the column sums Σx and Σx² of a table, for joint standardisation:
// the sums of all owners add up to the sums of all rows.
//
// A cell x is rounded to q·2^-40, q an integer, so q·2^-40 and its square
// q²·2^-80 are added up without any further rounding. A sum S is the integer
// S·2^80 modulo 2^192, two's complement, in three words, lowest first:
//
//	Words[3j : 3j+3]         Σx  of column j, j = 0 … d-1
//	Words[3(d+j) : 3(d+j)+3] Σx² of column j
//
// Addition of such numbers wraps around modulo 2^192, carries running from
// word to word. So Words can be split into random parts that are uniform one
// by one and add up to Words (see AddSums), and for |x| <= MaxCell and at most
// MaxRows rows the total is below 2^191 in magnitude and reads right.
//
// Rounding to 2^-40, about 9e-13, makes columns whose values differ by less
// look constant. State those in a smaller unit.
type Sums struct {
	Rows  int      // number of rows, not hidden
	Words []uint64 // 2·d sums of three words
}

// SumsOf returns the sums of a table.
func SumsOf(t *Table) Sums { return Sums{Rows: t.Rows(), Words: columnSums(t.X)} }

// columnSums returns Σx and Σx² of the columns of an n×d array.
func columnSums(x tensor.Dense) []uint64 {
	shape := x.Shape()
	n, d := shape[0], shape[1]
	words := make([]uint64, 2*d*wordsPerSum)
	for i := range n {
		for j, v := range x.Row(i).Data() {
			q := quantise(v)
			addTo(words[3*j:], q.scaled(v < 0))
			addTo(words[3*(d+j):], q.squared())
		}
	}
	return words
}

// AddSums adds the sums in words to those in total, each modulo 2^192: the
// addition that the servers do on shares, here in the clear. It panics unless
// both have the same whole number of sums.
func AddSums(total, words []uint64) {
	if len(total) != len(words) || len(words)%wordsPerSum != 0 {
		panic(fmt.Sprintf("datasets: got sums of %d and %d words, want equal multiples of %d",
			len(total), len(words), wordsPerSum))
	}
	for at := 0; at < len(words); at += wordsPerSum {
		addTo(total[at:], [wordsPerSum]uint64(words[at:]))
	}
}

// addTo adds x to the first three words of sum.
func addTo(sum []uint64, x [wordsPerSum]uint64) {
	var carry uint64
	sum[0], carry = bits.Add64(sum[0], x[0], 0)
	sum[1], carry = bits.Add64(sum[1], x[1], carry)
	sum[2], _ = bits.Add64(sum[2], x[2], carry)
}

// magnitude is round(|x|·2^40), below 2^80 for a cell.
type magnitude struct{ lo, hi uint64 }

// quantise rounds |v| to the nearest multiple of 2^-40, ties to even. It
// panics beyond MaxCell, which ReadCSV refuses with a place.
func quantise(v float64) magnitude {
	if !(math.Abs(v) <= MaxCell) {
		panic(fmt.Sprintf("datasets: a value is not finite or beyond %g", MaxCell))
	}
	const word = 1 << 64
	q := math.RoundToEven(math.Abs(v) * (1 << cellBits)) // a whole number
	high := math.Floor(q / word)                         // dividing by a power of two is exact
	return magnitude{lo: uint64(q - high*word), hi: uint64(high)}
}

// scaled returns ±q·2^40, the cell as a sum.
func (q magnitude) scaled(negative bool) [wordsPerSum]uint64 {
	const up, down = sumBits - cellBits, 64 - (sumBits - cellBits)
	x := [wordsPerSum]uint64{q.lo << up, q.lo>>down | q.hi<<up, q.hi >> down}
	if negative {
		x = [wordsPerSum]uint64{^x[0], ^x[1], ^x[2]}
		addTo(x[:], [wordsPerSum]uint64{1})
	}
	return x
}

// squared returns q², the square of the cell as a sum.
func (q magnitude) squared() [wordsPerSum]uint64 {
	// (hi·2^64 + lo)² = hi²·2^128 + 2·hi·lo·2^64 + lo², hi < 2^16
	var x [wordsPerSum]uint64
	x[1], x[0] = bits.Mul64(q.lo, q.lo)
	crossHi, crossLo := bits.Mul64(2*q.hi, q.lo)
	var carry uint64
	x[1], carry = bits.Add64(x[1], crossLo, 0)
	x[2] = q.hi*q.hi + crossHi + carry
	return x
}

// signed returns the integer that three words stand for.
func signed(words []uint64) *big.Int {
	v := new(big.Int)
	for i := wordsPerSum - 1; i >= 0; i-- {
		v.Lsh(v, 64).Or(v, new(big.Int).SetUint64(words[i]))
	}
	if words[wordsPerSum-1]>>63 == 1 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), 64*wordsPerSum))
	}
	return v
}
