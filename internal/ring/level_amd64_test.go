//go:build !purego

package ring

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// needsOf are the needs that a level checks before it calls a function, by the
// end of its name, or by its whole name.
var needsOf = map[string][]need{
	"AVX2":             {needAVX2},
	"AVX512":           {needAVX2, needAVX512},
	"52":               {needAVX2, needAVX512, needIFMA},
	"AMX":              {needAVX2, needAVX512, needAMX},
	"toPlanesAVX512":   {needAVX2, needAVX512, needBits512},
	"fromPlanesAVX512": {needAVX2, needAVX512, needBits512},
	"packBitsAVX512":   {needAVX2, needAVX512, needBits512},
	"unpackBitsAVX512": {needAVX2, needAVX512, needBits512},
}

var (
	function = regexp.MustCompile(`(?m)^// func (\w+)\(.*\n(?:// Requires: (.+)\n)?`)
	ending   = regexp.MustCompile(`(AVX2|AVX512|52|AMX)$`)
)

// Every instruction set that the generator found in a function is one that the
// level checks.
func TestLevelsCheckWhatTheirFunctionsRequire(t *testing.T) {
	files, err := filepath.Glob("*_amd64.s")
	require.NoError(t, err)
	found := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		functions := function.FindAllStringSubmatch(string(text), -1)
		require.Equal(t, strings.Count(string(text), "\nTEXT "), len(functions), name)
		for _, f := range functions {
			found++
			missing := missingNeeds(f[1], f[2])
			require.Empty(t, missing, "%s in %s: not checked by its level", f[1], name)
		}
	}
	require.Greater(t, found, 50)
}

// missingNeeds lists what the function requires and its level does not check. Prefetching
// (MMX+) is on every amd64.
func missingNeeds(function, requires string) []string {
	needs, ok := needsOf[function]
	if !ok {
		needs = needsOf[ending.FindString(function)]
	}
	var checked []string
	for _, n := range needs {
		for _, f := range n.features() {
			checked = append(checked, f.String())
		}
	}
	return slices.DeleteFunc(strings.Split(requires, ", "), func(f string) bool { return f == "" || f == "MMX+" || slices.Contains(checked, f) })
}

func TestMissingNeeds(t *testing.T) {
	require.Equal(t, []string{"AVX512VBMI"}, missingNeeds("packShortRowsAVX512", "AVX, AVX512F, AVX512VBMI"))
	require.Equal(t, []string{"AVX"}, missingNeeds("stranger", "AVX"))
}
