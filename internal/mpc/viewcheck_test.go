package mpc_test

import (
	"fmt"
	"iter"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// runs is how many sessions a sample has. Of so many, a bit that is the same in
// every session differs from half by 64, and one that shows a secret bit
// differs between two samples by 128.
const runs = 128

// alarm is where a count of ones is called wrong. For N fair coins,
// P(|ones − N/2| ≥ alarm·√N/2) ≤ 2·exp(−alarm²/2) (Hoeffding), here 9·10⁻¹⁹. The
// view tests make about 10⁹ such comparisons, so all of them together raise a
// false alarm with a probability below 10⁻⁸ for each change of the code: with
// seeded keys the same code always has the same result.
const alarm = 9.19

// sample is what one server received in many sessions: word by word, and for
// each of the 64 bits the values over the runs.
type sample struct {
	words [][64][runs / 64]uint64
	sizes []int // words of each message
}

// newSample arranges got, which has the messages of every run. It fails if the
// runs differ in their messages' lengths.
func newSample(got [runs][][]uint64) (*sample, error) {
	s := &sample{}
	for _, m := range got[0] {
		s.sizes = append(s.sizes, len(m))
	}
	for r, messages := range got {
		if len(messages) != len(s.sizes) {
			return nil, fmt.Errorf("%d messages in run %d, %d in run 0", len(messages), r, len(s.sizes))
		}
		for m, size := range s.sizes {
			if len(messages[m]) != size {
				return nil, fmt.Errorf("message %d: %d words in run %d, %d in run 0", m, len(messages[m]), r, size)
			}
		}
	}
	s.fill(got)
	return s, nil
}

func (s *sample) fill(got [runs][][]uint64) {
	var values [runs]uint64
	var planes [64 * runs / 64]uint64
	for m, size := range s.sizes {
		for w := range size {
			for r := range runs {
				values[r] = got[r][m][w]
			}
			ring.ToPlanes(planes[:], values[:], 64)
			var word [64][runs / 64]uint64
			for b := range word {
				copy(word[b][:], planes[b*runs/64:])
			}
			s.words = append(s.words, word)
		}
	}
}

// unfair reports that ones of n fair coins are improbable.
func unfair(ones, n int) bool {
	return math.Abs(float64(ones)-float64(n)/2) >= alarm*math.Sqrt(float64(n))/2
}

// unlike reports that two samples of n coins each hardly have the same odds:
// the difference of the counts is that of 2n coins from half, twice over.
func unlike(a, b, n int) bool { return unfair(n+a-b, 2*n) }

func ones(x [runs / 64]uint64) int {
	return bits.OnesCount64(x[0]) + bits.OnesCount64(x[1])
}

func onesXor(x, y [runs / 64]uint64) int {
	return bits.OnesCount64(x[0]^y[0]) + bits.OnesCount64(x[1]^y[1])
}

// uniform looks for received bits that are not fair coins: each by itself, and
// over all words of a message together, which shows smaller leanings.
func (s *sample) uniform() error {
	at := 0
	for m, size := range s.sizes {
		var total [64]int
		for w := range size {
			for b, v := range s.words[at+w] {
				total[b] += ones(v)
				if unfair(ones(v), runs) {
					return fmt.Errorf("message %d, word %d, bit %d: %d ones in %d runs", m, w, b, ones(v), runs)
				}
			}
		}
		for b, n := range total {
			if size > 0 && unfair(n, size*runs) {
				return fmt.Errorf("message %d, bit %d of all words: %d ones of %d", m, b, n, size*runs)
			}
		}
		at += size
	}
	return nil
}

// independent looks for two received words whose XOR is not fair: a pad used
// twice, even where each word alone is uniform. (The lowest bit of a difference
// is that of the XOR, so additive pads show too.)
func (s *sample) independent() error {
	for i, j := range pairsOf(len(s.words)) {
		for b := range 64 {
			if n := onesXor(s.words[i][b], s.words[j][b]); unfair(n, runs) {
				return fmt.Errorf("words %d and %d, bit %d: differ in %d of %d runs", j, i, b, n, runs)
			}
		}
	}
	return nil
}

// pairsOf goes through all pairs of n words. Of more than 400 words it draws as
// many pairs as 400 words have: a pad used twice shows in many pairs.
func pairsOf(n int) iter.Seq2[int, int] {
	const most = 400
	return func(yield func(i, j int) bool) {
		r := rand.New(rand.NewPCG(7, 8))
		for k := range min(n, most) * (min(n, most) - 1) / 2 {
			i, j := pairAt(k)
			if n > most {
				i, j = r.IntN(n), r.IntN(n)
			}
			if i != j && !yield(i, j) {
				return
			}
		}
	}
}

// pairAt returns pair number k of (1,0), (2,0), (2,1), (3,0) …
func pairAt(k int) (i, j int) {
	i = int((1 + math.Sqrt(float64(1+8*k))) / 2)
	return i, k - i*(i-1)/2
}

// sameAs looks for a bit, or a XOR of two, that comes up more often in one
// sample than in the other.
func (s *sample) sameAs(o *sample) error {
	if len(s.words) != len(o.words) {
		return fmt.Errorf("%d words with one secret and %d with the other", len(s.words), len(o.words))
	}
	for i := range s.words {
		for b := range 64 {
			if x, y := ones(s.words[i][b]), ones(o.words[i][b]); unlike(x, y, runs) {
				return fmt.Errorf("word %d, bit %d: %d ones with one secret, %d with the other", i, b, x, y)
			}
		}
	}
	for i, j := range pairsOf(len(s.words)) {
		for b := range 64 {
			x, y := onesXor(s.words[i][b], s.words[j][b]), onesXor(o.words[i][b], o.words[j][b])
			if unlike(x, y, runs) {
				return fmt.Errorf("words %d and %d, bit %d: differ %d times with one secret, %d with the other", j, i, b, x, y)
			}
		}
	}
	return nil
}

// without returns the sample without n words from at on.
func (s *sample) without(at, n int) *sample {
	return &sample{words: slices.Concat(s.words[:at], s.words[at+n:])}
}
