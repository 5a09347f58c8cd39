package transport

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestClassesHoldTheirSizes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, maxWords).Draw(t, "n")
		c := classOf(n)
		require.GreaterOrEqual(t, classWords(c), n)
		if c > 0 {
			require.Less(t, classWords(c-1), n, "a smaller class would do")
		}
	})
}

func TestClassEdges(t *testing.T) {
	for c := range numClasses {
		require.Equal(t, c, classOf(classWords(c)))
	}
	require.Equal(t, minWords, classWords(0))
	require.Equal(t, maxWords, classWords(numClasses-1))
}

func TestPoolWastesAQuarterAtMost(t *testing.T) {
	for n := 16; n < 5000; n++ {
		require.LessOrEqual(t, 4*classWords(classOf(n)), 5*n+4, "%d words", n)
	}
}

func TestPoolLengths(t *testing.T) {
	var p Pool
	for n := range 2000 {
		w := p.Get(n)
		require.Len(t, w, n)
		p.Put(w[:n/2]) // a shorter slice of the same buffer
	}
	require.Nil(t, p.Get(0))
}

func TestPoolIgnoresForeignSlices(t *testing.T) {
	var p Pool
	for _, w := range [][]uint64{nil, {}, make([]uint64, 7), make([]uint64, 9), make([]uint64, maxWords+1)} {
		p.Put(w)
	}
	require.Len(t, p.Get(9), 9)
	require.Len(t, p.Get(maxWords+1), maxWords+1)
}
