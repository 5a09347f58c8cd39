package client

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/internal/identity"
)

// Template says what is known of a job before it is written.
type Template struct {
	Data    string   // a CSV file with the columns of the job; may be empty
	Target  string   // the column to predict; guessed from the header if empty
	Servers []string // address=fingerprint or address=file.pub, of three or none
	Owners  []string // name=fingerprint or name=file.pub
}

// WriteTemplate writes a job file with comments to fill in. It returns the name
// of the target column. A file that is there already is left alone.
func WriteTemplate(path string, t Template) (target string, err error) {
	text, target, err := t.text()
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return "", hintf("move it away, or name another file: trainer init other.yaml", "%s is there already and is left as it is", path)
	}
	if err != nil {
		return "", fmt.Errorf("cannot write the job file: %w", err)
	}
	_, err = io.WriteString(f, text)
	return target, errors.Join(err, f.Close())
}

// text fills in what is known.
func (t Template) text() (text, target string, err error) {
	target, features := cmp.Or(t.Target, "outcome"), []string{"age", "dose"}
	if t.Data != "" {
		if target, features, err = columns(t.Data, t.Target); err != nil {
			return "", "", err
		}
	}
	servers, err := t.servers()
	if err != nil {
		return "", "", err
	}
	owners, names, err := t.owners()
	if err != nil {
		return "", "", err
	}
	r := strings.NewReplacer("TARGET", quoted(target), "FEATURES", list(features), "SERVERS", servers, "OWNERS", owners, "NAMES", names)
	return r.Replace(template), target, nil
}

func (t Template) servers() (string, error) {
	if len(t.Servers) == 0 {
		t.Servers = []string{"<server-0.example.org>:7000=", "<server-1.example.org>:7000=", "<server-2.example.org>:7000="}
	}
	if len(t.Servers) != 3 {
		return "", fmt.Errorf("got %d servers, want three", len(t.Servers))
	}
	var lines []string
	for id, s := range t.Servers {
		address, key, err := keyed(s)
		if err != nil {
			return "", fmt.Errorf("server %w", err)
		}
		lines = append(lines, fmt.Sprintf("  - {id: %d, address: %s, key: %q}", id, quoted(address), key))
	}
	return strings.Join(lines, "\n"), nil
}

// owners returns the lines of the owners, and their names with commas.
func (t Template) owners() (string, string, error) {
	if len(t.Owners) == 0 {
		t.Owners = []string{"hospital-a=", "hospital-b="}
	}
	var lines, names []string
	for _, o := range t.Owners {
		name, key, err := keyed(o)
		if err != nil {
			return "", "", fmt.Errorf("owner %w", err)
		}
		names = append(names, name)
		lines = append(lines, fmt.Sprintf("    - {name: %s, key: %q, test_fraction: 0.2}", name, key))
	}
	return strings.Join(lines, "\n"), strings.Join(names, ", "), nil
}

// keyed splits name=key, where the key may be in a file.
func keyed(s string) (name, key string, err error) {
	name, key, found := strings.Cut(s, "=")
	switch {
	case !found || name == "":
		return "", "", fmt.Errorf("%q: want a name or an address, =, and a .pub file or fingerprint", s)
	case key == "":
		return name, "<ed25519:…>", nil
	case !strings.HasPrefix(key, "ed25519:"):
		text, err := os.ReadFile(key)
		if err != nil {
			return "", "", fmt.Errorf("%s: %w", name, plain(err))
		}
		key = strings.TrimSpace(string(text))
	}
	if _, err := identity.ParseFingerprint(key); err != nil {
		return "", "", fmt.Errorf("%s: %w", name, err)
	}
	return name, key, nil
}

// columns reads a whole table, to find now what a later step would find, and
// returns the names of its columns.
func columns(file, target string) (string, []string, error) {
	if target == "" {
		var err error
		if target, err = guessTarget(file); err != nil {
			return "", nil, err
		}
	}
	table, err := datasets.OpenCSV(file, target)
	if err != nil {
		return "", nil, err
	}
	return target, table.Features, nil
}

// guessTarget returns the column that is called what targets are often called,
// or the last one.
func guessTarget(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	header, err := csv.NewReader(f).Read()
	if err != nil {
		return "", fmt.Errorf("%s: cannot read the header row: %w", file, err)
	}
	for i, name := range header {
		header[i] = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
	}
	for _, name := range header {
		if slices.Contains([]string{"target", "label", "outcome", "class", "y"}, strings.ToLower(name)) {
			return name, nil
		}
	}
	return header[len(header)-1], nil
}

// quoted is a name that YAML takes as a text, whatever is in it.
func quoted(name string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(name) // a string always has a JSON form
	return strings.TrimSpace(b.String())
}

// list writes names as a YAML list, broken into lines of bearable length.
func list(names []string) string {
	const width, indent = 80, "    "
	var b strings.Builder
	line := indent
	for i, name := range names {
		word := quoted(name)
		if i < len(names)-1 {
			word += ", "
		}
		if len(line)+len(word) > width && line != indent {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = indent
		}
		line += word
	}
	return "[\n" + b.String() + line + "\n  ]"
}
