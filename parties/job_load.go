package parties

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
)

// maxJobFile is far above any real job file and keeps a wrong file (a data set,
// say) from being parsed for minutes.
const maxJobFile = 256 << 10

// LoadJob reads, checks and completes the job file at path. A mistake in the
// file is a *JobError with line and column.
func LoadJob(path string) (*Job, error) {
	text, err := readJobFile(path)
	if err != nil {
		return nil, err
	}
	return ParseJob(path, text)
}

// ParseJob is LoadJob for a job file that is already in memory. The file name
// is used in errors, and its folder to find the data.
func ParseJob(file string, text []byte) (*Job, error) { return readJob(file, text, false) }

// ParseAgreed is ParseJob for a job that others have sent. It looks at no file of
// this machine, whatever the job names.
func ParseAgreed(file string, text []byte) (*Job, error) { return readJob(file, text, true) }

func readJob(file string, text []byte, agreed bool) (*Job, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // as Windows editors write it
	src := newSource(file, string(text))
	body, err := parse(src, text)
	if err != nil {
		return nil, err
	}
	j := NewJob()
	j.Dir, j.src, j.agreed = filepath.Dir(file), src, agreed
	if err := decodeInto(src, body, j); err != nil {
		return nil, err
	}
	j.fileDefaults()
	if err := j.Check(); err != nil {
		return nil, err
	}
	return j, nil
}

func readJobFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxJobFile+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	if len(text) > maxJobFile {
		return nil, &JobError{File: path, Msg: "larger than 256 KiB, so it is no job file"}
	}
	return text, nil
}

// unreadable drops the system call from a file error and keeps its cause.
func unreadable(path string, err error) error {
	if info, e := os.Stat(path); e == nil && info.IsDir() {
		return (&JobError{File: path, Msg: "is a folder, want a job file"}).
			withHint("name the file, such as %s", filepath.Join(path, "job.yaml"))
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	return &JobError{File: path, Msg: fmt.Sprintf("cannot read the job file: %v", err)}
}

// parse returns the one mapping of a job file.
func parse(src *source, text []byte) (ast.Node, error) {
	if !utf8.Valid(text) {
		return nil, &JobError{File: src.file, Msg: "is not UTF-8 text, so it is no job file"}
	}
	tokens := lexer.Tokenize(string(text))
	if err := checkDepth(src, tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxError(src, err)
	}
	if len(file.Docs) > 1 {
		return nil, src.errorHere(placeOf(file.Docs[1].Start), "a second document starts here, want one job in a file")
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, &JobError{File: src.file, Line: 1, Column: 1, Msg: "the job file is empty"}
	}
	return file.Docs[0].Body, nil
}

func syntaxError(src *source, err error) error {
	var ye yaml.Error
	if !errors.As(err, &ye) {
		return &JobError{File: src.file, Msg: err.Error()}
	}
	e := src.errorHere(placeOf(ye.GetToken()), ye.GetMessage())
	if strings.Contains(e.Excerpt, "\t") {
		return e.withHint("indent with spaces, not with tabs")
	}
	return e
}
