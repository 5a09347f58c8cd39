package archtest

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// TextRule is a rule over the lines of every text file of the repository.
type TextRule struct {
	Name    string
	Pattern *regexp.Regexp // a line that matches is a violation
	Except  *regexp.Regexp // unless this matches it too; may be nil
	Skip    []string       // files it does not hold for
	Reason  string
}

// here are the files that must spell out what they forbid.
var here = []string{"internal/archtest/text.go", "internal/archtest/text_test.go"}

// TextRules says what no file may contain.
var TextRules = []TextRule{
	{
		Name: "machine path", Pattern: regexp.MustCompile(`(^|[\s"'=(:])/(work|farm|root|home|Users)/\w`),
		Reason: "the repository works wherever it is cloned", Skip: here,
	},
	{
		Name: "registry host", Pattern: regexp.MustCompile(`proxy\.golang\.org|registry\.npmjs|deb\.debian\.org|goproxy\.`),
		Reason: "where modules come from is the user's setting", Skip: here,
	},
	{
		Name: "open end", Pattern: regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`), Except: regexp.MustCompile(`TODO\(#\d+\)`),
		Reason: "an open end names its issue, TODO(#12)", Skip: here,
	},
	{
		Name: "carriage return", Pattern: regexp.MustCompile(`\r$`),
		Reason: "golden files are compared as bytes",
	},
}

// Text is one text file, with its path relative to the root.
type Text struct {
	Path string
	Data []byte
}

// LoadText reads every text file under root, without version control and
// build output. A file with a zero byte is not text.
func LoadText(root string) ([]Text, error) {
	var out []Text
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		if rel == ".git" || d.IsDir() && (rel == "bin" || rel == "out") { // .git is a file in a worktree
			return skip(d)
		}
		if d.IsDir() {
			return nil
		}
		data, err := os.ReadFile(name)
		if err == nil && !bytes.ContainsRune(data, 0) {
			out = append(out, Text{filepath.ToSlash(rel), data})
		}
		return err
	})
	return out, err
}

// skip leaves out one entry of a walk.
func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// CheckText runs the rules over the texts.
func CheckText(texts []Text, rules []TextRule) []Violation {
	var out []Violation
	for _, t := range texts {
		for _, r := range rules {
			if !under(t.Path, r.Skip...) {
				out = append(out, r.check(t)...)
			}
		}
	}
	return out
}

func (r TextRule) check(t Text) []Violation {
	var out []Violation
	if !r.Pattern.Match(t.Data) && !bytes.Contains(t.Data, []byte("\r")) {
		return nil // one look at the whole file first: most have nothing
	}
	for i, line := range bytes.Split(t.Data, []byte("\n")) {
		if r.Pattern.Match(line) && (r.Except == nil || !r.Except.Match(line)) {
			where := fmt.Sprintf("%s:%d", t.Path, i+1)
			out = append(out, Violation{where, r.Name + ": " + string(bytes.TrimSpace(r.Pattern.Find(line))), r.Reason})
		}
	}
	return out
}
