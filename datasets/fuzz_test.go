package datasets_test

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
)

// FuzzReadCSV checks that any input is either refused with a *ParseError or
// becomes a table of permitted numbers that survives being written and read.
func FuzzReadCSV(f *testing.F) {
	for _, seed := range []string{
		"", "age,target\n40,1\n", "\ufeffage,target\r\n 40 ,\"1\"\r\n", "age,target\n1e12,0\n-0,1\n",
		"age,target\n\"3,5\",0\n", "age,age,target\n", "a\"b,target\n", "target,x\n1,NaN\n", "x,target\n1,0,\n", "\xff\xfe",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		table, err := read(text)
		if err != nil {
			var e *datasets.ParseError
			require.True(t, errors.As(err, &e), "%T", err)
			require.Nil(t, table)
			require.True(t, strings.HasPrefix(err.Error(), "north.csv:"))
			return
		}
		checkTable(t, table)
		again, err := read(write(table))
		require.NoError(t, err)
		require.Equal(t, table.Schema(), again.Schema())
		require.Equal(t, table.X, again.X)
		require.Equal(t, table.Y, again.Y)
	})
}

func checkTable(t *testing.T, table *datasets.Table) {
	n, d := table.Rows(), len(table.Features)
	require.Positive(t, n)
	require.Positive(t, d)
	require.Equal(t, []int{n, d}, table.X.Shape())
	for _, v := range table.X.Data() {
		require.LessOrEqual(t, math.Abs(v), datasets.MaxCell)
	}
	for _, y := range table.Y.Data() {
		require.Contains(t, []float64{0, 1}, y)
	}
	for _, name := range table.Features {
		require.True(t, name != "" && utf8.ValidString(name))
	}
}

// write returns the table as CSV, the target last.
func write(table *datasets.Table) string {
	var b strings.Builder
	for _, name := range table.Features {
		fmt.Fprintf(&b, "\"%s\",", strings.ReplaceAll(name, `"`, `""`))
	}
	b.WriteString(table.Target + "\n")
	for i := range table.Rows() {
		for _, v := range table.X.Row(i).Data() {
			b.WriteString(strconv.FormatFloat(v, 'g', -1, 64) + ",")
		}
		fmt.Fprintf(&b, "%v\n", table.Y.At(i))
	}
	return b.String()
}
