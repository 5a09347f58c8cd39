package datasets_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
)

// read reads a file called north.csv with the target column "target".
func read(text string, options ...datasets.Option) (*datasets.Table, error) {
	return datasets.ReadCSV(strings.NewReader(text), "north.csv", "target", options...)
}

func mustRead(t testing.TB, text string) *datasets.Table {
	t.Helper()
	table, err := read(text)
	require.NoError(t, err)
	return table
}

func TestReadCSV(t *testing.T) {
	table := mustRead(t, "age,target,glucose\n40,1,5.5\n-1e2,0,+.5\n")
	require.Equal(t, "north.csv", table.Source)
	require.Equal(t, []string{"age", "glucose"}, table.Features)
	require.Equal(t, "target", table.Target)
	require.Equal(t, []int{2, 2}, table.X.Shape())
	require.Equal(t, []float64{40, 5.5, -100, 0.5}, table.X.Data())
	require.Equal(t, []int{2}, table.Y.Shape())
	require.Equal(t, []float64{1, 0}, table.Y.Data())
	require.Equal(t, 2, table.Rows())
	require.Equal(t, datasets.Schema{Features: []string{"age", "glucose"}, Target: "target"}, table.Schema())
	require.Equal(t, `north.csv:3: column 3 "glucose"`, table.Where(1, 1))
}

// TestHarmlessForms lists files that differ in form only.
func TestHarmlessForms(t *testing.T) {
	want := mustRead(t, "age,target\n40,1\n50,0\n")
	for name, text := range map[string]string{
		"byte-order mark":        "\ufeffage,target\n40,1\n50,0\n",
		"mark and quotes":        "\ufeff\"age\",\"target\"\n40,1\n50,0\n",
		"CRLF":                   "age,target\r\n40,1\r\n50,0\r\n",
		"quotes":                 "\"age\",target\n\"40\",\"1\"\n50,0\n",
		"spaces":                 " age ,\ttarget\n 40 , 1\n50,0 \n",
		"no last line end":       "age,target\n40,1\n50,0",
		"empty lines":            "\nage,target\n\n40,1\n50,0\n\n\n",
		"other ways to write":    "age,target\n4e1,1.0\n+50.000,0e0\n",
		"a break in a quotation": "\"age\n\",target\n\"40\n\",1\n50,0\n",
	} {
		got, err := read(text)
		require.NoError(t, err, name)
		require.Equal(t, want.Features, got.Features, name)
		require.Equal(t, want.X, got.X, name)
		require.Equal(t, want.Y, got.Y, name)
	}
}

// TestBadFiles has one file for everything that ReadCSV refuses, with the
// whole message.
func TestBadFiles(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", `north.csv: the file is empty, want a header row and data rows`},
		{"\ufeff", `north.csv: the file is empty, want a header row and data rows`},
		{"\xff\xfea\x00", `north.csv:1: the file is UTF-16, want UTF-8 (save it again with the encoding UTF-8)`},
		{"age,target\n", `north.csv: no rows below the header, want at least one (add the data rows)`},
		{"40,1\n50,0\n", `north.csv:1: the first line has numbers only, want a header row (put the names of the columns on a line above)`},
		{"target\n1\n", `north.csv:1: the target is the only column, want features beside it`},
		{"age,,target\n", `north.csv:1: column 2: the column has no name (name it in the header, or remove it if it only numbers the rows)`},
		{"age,bmi,age,target\n", `north.csv:1: column 3 "age": column 1 has the same name (rename or remove one of them)`},
		{"gr\xf6sse,target\n", `north.csv:1: column 1: the name is not UTF-8 (save the file again with the encoding UTF-8)`},
		{"age\x1b[2J,target\n", `north.csv:1: column 1: the name "age\x1b[2J" has control characters (keep it to one line of text)`},
		{"age,Target\n1,2\n", `north.csv:1: no column is named "target", which is to be the target (did you mean "Target"?)`},
		{"age,bmi\n1,2\n", `north.csv:1: no column is named "target", which is to be the target (columns: age, bmi)`},
		{"a,b,c,d,e,f,g,h,i,j,k,l\n", `north.csv:1: no column is named "target", which is to be the target (columns: a, b, c, d, e, f, g, h, i, j and 2 more)`},
		{"age;target\n1;2\n", `north.csv:1: no column is named "target", which is to be the target (cells seem to be separated by ';', want ',')`},

		{"age,glucose,target\n1,2,0\n3,,1\n", `north.csv:3: column 2 "glucose": missing cell, want a number (fill it in or remove the row)`},
		{"age,target\n1,0\n3, \n", `north.csv:3: column 2 "target": missing cell, want a number (fill it in or remove the row)`},
		{"age,target\nhigh,0\n", `north.csv:2: column 1 "age": got "high", want a number (fill in a number or remove the row)`},
		{"age,target\n?,0\n", `north.csv:2: column 1 "age": got "?", want a number (fill in a number or remove the row)`},
		{"age,target\n\"3,5\",0\n", `north.csv:2: column 1 "age": got "3,5", want a number (write the decimal fraction with a point)`},
		{"age,target\n\"1,000,000\",0\n", `north.csv:2: column 1 "age": got "1,000,000", want a number (fill in a number or remove the row)`},
		{"age,target\n0x10,0\n", `north.csv:2: column 1 "age": got "0x10", want a number (fill in a number or remove the row)`},
		{"age,target\n1_0,0\n", `north.csv:2: column 1 "age": got "1_0", want a number (fill in a number or remove the row)`},
		{"age,target\n1e,0\n", `north.csv:2: column 1 "age": got "1e", want a number (fill in a number or remove the row)`},
		{"age,target\nNaN,0\n", `north.csv:2: column 1 "age": got "NaN", want a finite number (fill it in or remove the row)`},
		{"age,target\n-Infinity,0\n", `north.csv:2: column 1 "age": got "-Infinity", want a finite number (fill it in or remove the row)`},
		{"age,target\n1.1e12,0\n", `north.csv:2: column 1 "age": got "1.1e12", want a magnitude of at most 1e+12 (state the column in a larger unit)`},
		{"age,target\n-1e999,0\n", `north.csv:2: column 1 "age": got "-1e999", want a magnitude of at most 1e+12 (state the column in a larger unit)`},
		{"age,target\n" + strings.Repeat("ä", 40) + ",0\n", `north.csv:2: column 1 "age": got "` + strings.Repeat("ä", 32) + `…", want a number (fill in a number or remove the row)`},
		{"age,target\n1,0\n1\n", `north.csv:3: 1 cells, want 2 as in the header (a cell is missing or there is a stray separator)`},
		{"age,target\n1,0,\n", `north.csv:2: 3 cells, want 2 as in the header (a cell is missing or there is a stray separator)`},
		{"age,target\n1,2\n", `north.csv:2: column 2 "target": got "2", want 0 or 1 (recode the target column)`},
		{"age,target\n1,0.5\n", `north.csv:2: column 2 "target": got "0.5", want 0 or 1 (recode the target column)`},
		{"age,target\n1,-1\n", `north.csv:2: column 2 "target": got "-1", want 0 or 1 (recode the target column)`},
		{"age,target\n1\"2,0\n", `north.csv:2: a " inside a cell that does not begin with one (remove it, or quote the cell and double the ")`},
		{"age,target\n1,0\n\"2,0\n3,1\n", `north.csv:3: a quoted cell is not closed properly (close it with " before the next separator)`},
		{"age,\"target\n1,0\n", `north.csv:1: a quoted cell is not closed properly (close it with " before the next separator)`},
		{"age,target\n\"4\n0\",0\n\n\n50,no\n", `north.csv:2: column 1 "age": got "4\n0", want a number (fill in a number or remove the row)`},
		{"age,target\n\"40\n\",0\n\n\n50,no\n", `north.csv:6: column 2 "target": got "no", want a number (fill in a number or remove the row)`},
	} {
		table, err := read(c.text)
		require.EqualError(t, err, c.want, "%q", c.text)
		require.Nil(t, table)
		var e *datasets.ParseError
		require.ErrorAs(t, err, &e)
	}
}

func TestOptions(t *testing.T) {
	table, err := read("pixel;target\n1;9\n", datasets.Classes(10), datasets.Comma(';'))
	require.NoError(t, err)
	require.Equal(t, []float64{9}, table.Y.Data())
	_, err = read("pixel,target\n1,10\n", datasets.Classes(10))
	require.EqualError(t, err, `north.csv:2: column 2 "target": got "10", want a class number from 0 to 9 (recode the target column)`)
	_, err = read("age,target\n1,2\n", datasets.Comma(';'))
	require.ErrorContains(t, err, `cells seem to be separated by ',', want ';'`)
}

func TestOpenCSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "north.csv")
	require.NoError(t, os.WriteFile(path, []byte("age,target\n40,1\n"), 0o600))
	table, err := datasets.OpenCSV(path, "target")
	require.NoError(t, err)
	require.Equal(t, path, table.Source)
	require.Equal(t, 1, table.Rows())
}

func TestOpenCSVWithoutFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "south.csv")
	_, err := datasets.OpenCSV(path, "target")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, path+": cannot be opened: ")
	require.Equal(t, 1, strings.Count(err.Error(), path), "the path is there once")

	_, err = datasets.OpenCSV(t.TempDir(), "target")
	require.ErrorContains(t, err, ": cannot be ", "a folder")
}

func TestReadErrorIsKept(t *testing.T) {
	broken := errors.New("the disk is gone")
	r := io.MultiReader(strings.NewReader("age,target\n1,0\n"), errorReader{broken})
	_, err := datasets.ReadCSV(r, "north.csv", "target")
	require.ErrorIs(t, err, broken)
	require.EqualError(t, err, "north.csv: cannot be read: the disk is gone")
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

// TestManyRowsStream reads rows as they are made: ReadCSV may not ask for more
// of the input than its buffer holds before it has parsed what it has.
func TestManyRowsStream(t *testing.T) {
	const rows = 20_000
	source := &rowSource{rows: rows}
	table, err := datasets.ReadCSV(io.MultiReader(strings.NewReader("a,b,target\n"), source), "big.csv", "target")
	require.NoError(t, err)
	require.Equal(t, rows, table.Rows())
	require.Equal(t, float64(rows-1), table.X.At(rows-1, 0))
	require.Equal(t, fmt.Sprintf(`big.csv:%d: column 2 "b"`, rows+1), table.Where(rows-1, 1))

	source = &rowSource{rows: rows, bad: 100}
	_, err = datasets.ReadCSV(io.MultiReader(strings.NewReader("a,b,target\n"), source), "big.csv", "target")
	require.ErrorContains(t, err, "big.csv:102: ")
	require.Less(t, source.made, 2000, "the rest was not read")
}

// rowSource makes one row for every call of Read; row bad, if not 0, has a
// word in it.
type rowSource struct{ rows, bad, made int }

func (s *rowSource) Read(p []byte) (int, error) {
	if s.made == s.rows {
		return 0, io.EOF
	}
	row := fmt.Sprintf("%d,0.5,%d\n", s.made, s.made%2)
	if s.bad != 0 && s.made == s.bad {
		row = "word,0.5,1\n"
	}
	s.made++
	return copy(p, row), nil
}
