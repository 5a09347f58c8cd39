package archtest

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	linkPattern     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	citationPattern = regexp.MustCompile(`\[([A-Z][A-Za-z]+[0-9]{2}|ABY[23])[,\]]`)
	goTypePattern   = regexp.MustCompile(`^(Uint|Int|Float|Complex)`)
	definedPattern  = regexp.MustCompile(`(?m)^\* \*\*\[([A-Za-z0-9]+)\]\*\*`)
)

// CheckLinks returns the links of the Markdown texts to files that do not
// exist under root. Links to other sites are not followed.
func CheckLinks(root string, texts []Text) []Violation {
	var out []Violation
	for _, t := range texts {
		if path.Ext(t.Path) != ".md" {
			continue
		}
		for _, m := range linkPattern.FindAllSubmatch(t.Data, -1) {
			target, _, _ := strings.Cut(string(m[1]), "#")
			if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file := filepath.Join(root, filepath.FromSlash(path.Join(path.Dir(t.Path), target)))
			if _, err := os.Stat(file); err != nil {
				out = append(out, Violation{t.Path, "links to " + target + ", which does not exist", "a link leads somewhere"})
			}
		}
	}
	return out
}

// CheckCitations returns the citations in Go comments and documents, such as
// "[ABY3, §5.1]", whose key the text of references does not define as
// "* **[KEY]**", and the keys that nothing cites.
func CheckCitations(files []File, texts []Text, references string) []Violation {
	defined := map[string]bool{}
	for _, m := range definedPattern.FindAllStringSubmatch(references, -1) {
		defined[m[1]] = false
	}
	var out []Violation
	cite := func(where, text string) {
		for _, key := range citations(text) {
			if _, ok := defined[key]; !ok {
				out = append(out, Violation{where, "cites [" + key + "]", "docs/references.md does not define it"})
				continue
			}
			defined[key] = true
		}
	}
	for _, f := range files {
		for _, group := range f.AST.Comments {
			cite(f.where(group.Pos()), group.Text())
		}
	}
	for _, t := range texts {
		if path.Ext(t.Path) == ".md" && t.Path != referencesFile {
			cite(t.Path, string(t.Data))
		}
	}
	for key, cited := range defined {
		if !cited {
			out = append(out, Violation{referencesFile, "[" + key + "] is cited nowhere", "the list holds what is used"})
		}
	}
	return out
}

const referencesFile = "docs/references.md"

// citations returns the keys that text cites. A key ends in the year, so that
// the links of Go comments, such as [Party], are not taken for one.
func citations(text string) []string {
	var keys []string
	for _, m := range citationPattern.FindAllStringSubmatch(text, -1) {
		if !goTypePattern.MatchString(m[1]) {
			keys = append(keys, m[1])
		}
	}
	return keys
}

// CheckPackageTable returns the rungs of the ladder that the architecture
// document does not name.
func CheckPackageTable(ladder []Rung, architecture string) []Violation {
	var out []Violation
	for _, r := range ladder {
		if !strings.Contains(architecture, "`"+r.Package+"`") {
			out = append(out, Violation{"docs/architecture.md", fmt.Sprintf("does not name `%s`", r.Package), "the table shows every package"})
		}
	}
	return out
}

// FencedCommands returns the lines of the first fenced block of a Markdown
// text, without comments.
func FencedCommands(text string) []string {
	_, rest, ok := strings.Cut(text, "```")
	block, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		return nil
	}
	var out []string
	for _, line := range strings.Split(block, "\n")[1:] {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
