package parties

import "bytes"

// maxDepth is how deep lists and mappings of a job file may be nested, twice what
// any needs. The parser of YAML takes memory that grows with the square of it.
const maxDepth = 64

// checkDepth reports nesting that is too deep, from the text alone: brackets that
// are open, wherever they stand, and marks of lists and keys at the beginning of a
// line. What it counts is at least the depth that the parser goes to; other
// nesting takes as many columns as it is deep.
func checkDepth(src *source, text []byte) error {
	open, line := 0, 0
	for row := range bytes.Lines(text) {
		line++
		marks, begins := 0, true
		for i, c := range row {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			case '-', '?':
				if begins {
					marks++
				}
			}
			if begins = begins && bytes.IndexByte([]byte(" \t-?"), c) >= 0; open > maxDepth || marks > maxDepth {
				return &JobError{File: src.file, Line: line, Column: i + 1, Msg: "lists and mappings are nested too deeply for a job"}
			}
		}
	}
	return nil
}
