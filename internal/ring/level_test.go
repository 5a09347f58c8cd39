package ring

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// With -cpu-level the tests run on that level alone; without it on every level
// this machine has.
var levelFlag = flag.String("cpu-level", "", "run on this CPU level only: go, avx2, avx512 or amx")

// testLevels are the levels to test.
func testLevels(t testing.TB) []Level {
	if *levelFlag == "" {
		return Levels()
	}
	require.NoError(t, SetLevel(Level(*levelFlag)))
	return []Level{Level(*levelFlag)}
}

// eachLevel runs f on every level as a subtest.
func eachLevel(t *testing.T, f func(t *testing.T)) {
	before := CurrentLevel()
	defer func() { require.NoError(t, SetLevel(before)) }()
	for _, l := range testLevels(t) {
		t.Run(string(l), func(t *testing.T) {
			require.NoError(t, SetLevel(l))
			f(t)
		})
	}
}

func TestSetLevel(t *testing.T) {
	before := CurrentLevel()
	defer func() { require.NoError(t, SetLevel(before)) }()
	have := Levels()
	require.Equal(t, LevelGo, have[0])
	for _, l := range have {
		require.NoError(t, SetLevel(l))
		require.Equal(t, l, CurrentLevel())
	}
	err := SetLevel("sse9")
	var refused *LevelError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, have, refused.Have)
	require.ErrorContains(t, err, `got CPU level "sse9", want one this machine has: [go`)
	require.Equal(t, have[len(have)-1], CurrentLevel(), "a refused level changes nothing")
}

func TestLevelFromEnvironment(t *testing.T) {
	before := CurrentLevel()
	defer func() { require.NoError(t, SetLevel(before)) }()

	current.Store(nil)
	t.Setenv(LevelVariable, "go")
	require.NoError(t, CheckLevel())
	require.Equal(t, LevelGo, CurrentLevel())

	current.Store(nil)
	t.Setenv(LevelVariable, "no such level")
	require.Error(t, CheckLevel())
	require.PanicsWithError(t, CheckLevel().Error(), func() { Sum(nil) })

	require.NoError(t, os.Unsetenv(LevelVariable))
	have := Levels()
	require.Equal(t, have[len(have)-1], CurrentLevel())
}
