package parties

import (
	"fmt"
	"slices"
	"strings"
)

// suggest is a hint that names the nearest known word, or all of them.
func suggest(got string, known []string) string {
	if w := nearest(got, known); w != "" {
		return fmt.Sprintf("did you mean %s?", w)
	}
	return "one of: " + strings.Join(known, ", ")
}

// nearest returns what other libraries' name got is here, or the known word with the
// fewest edits from it, or one that it goes on from or stops short in (batch_size,
// sigm); "" if none is near.
func nearest(got string, known []string) string {
	got = strings.ToLower(got)
	if here := elsewhere()[strings.TrimRight(got, "_")]; slices.Contains(known, here) {
		return here
	}
	best, word := max(len(got)/3, 1)+1, ""
	for _, k := range known {
		if d := edits(got, strings.ToLower(k)); d < best {
			best, word = d, k
		}
	}
	for _, k := range known {
		if word == "" && min(len(got), len(k)) >= 3 && (strings.HasPrefix(got, k) || strings.HasPrefix(k, got)) {
			word = k
		}
	}
	return word
}

// edits counts the insertions, deletions, substitutions and swaps of neighbours
// that turn a into b (optimal string alignment).
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := range x {
		for j := range y {
			same := d[i][j]
			if x[i] != y[j] {
				same++
			}
			d[i+1][j+1] = min(same, d[i][j+1]+1, d[i+1][j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				d[i+1][j+1] = min(d[i+1][j+1], d[i-1][j-1]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}
