package client

import (
	"strings"
	"unicode"
)

// maxShown is how much of a text of a server is shown.
const maxShown = 1000

// shown is a text of a server as it may go to a terminal: on one line, without
// control characters, which could draw lines that no server has said, and of
// bounded length. Everything that a server says passes here once, where it comes in.
func shown(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
	if runes := []rune(text); len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return text
}

// allShown is shown for a list.
func allShown(list []string) (out []string) {
	for _, text := range list {
		out = append(out, shown(text))
	}
	return out
}
