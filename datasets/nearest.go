package datasets

import "strings"

// nearest returns the name that is most like word, if one is like it at all:
// at most a third of its letters apart, upper and lower case being the same.
func nearest(word string, names []string) (string, bool) {
	best, least := "", len(word)/3+1
	for _, name := range names {
		if d := distance(strings.ToLower(word), strings.ToLower(name)); d < least {
			best, least = name, d
		}
	}
	for _, name := range names {
		if best == "" && len(word) >= 3 && strings.HasPrefix(strings.ToLower(name), strings.ToLower(word)) {
			best = name
		}
	}
	return best, best != ""
}

// distance returns the least number of letters to insert, remove or replace
// that makes a into b (Levenshtein).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range to {
			replaced := diagonal
			if x != y {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
