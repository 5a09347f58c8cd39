package store

import (
	"bytes"
	"cmp"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Two items have one key only if they are the same.
func FuzzItemKey(f *testing.F) {
	f.Add("features", "a", "features", "a")
	f.Add("ab", "c", "a", "bc")
	f.Add("a\x01b", "c", "a", "b\x01c")
	f.Fuzz(func(t *testing.T, what1, owner1, what2, owner2 string) {
		a, b := Item{what1, owner1}, Item{what2, owner2}
		if a.check() != nil || b.check() != nil {
			return
		}
		require.Equal(t, a == b, bytes.Equal(a.key(), b.key()))
		require.Equal(t, a == b, bytes.HasPrefix(a.key(), b.key()))
		require.LessOrEqual(t, len(a.key()), 512)
	})
}

// Keys of numbers sort as the numbers do.
func TestNumbersSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
		require.Equal(t, cmp.Compare(a, b), bytes.Compare(number(a), number(b)))
	})
}

// Attempts of one phase stand together and in order, whatever the names.
func TestAttemptKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q := rapid.StringN(1, 9, 200).Draw(t, "p"), rapid.StringN(1, 9, 200).Draw(t, "q")
		n, m := rapid.IntRange(1, 1<<30).Draw(t, "n"), rapid.IntRange(1, 1<<30).Draw(t, "m")
		require.Equal(t, p == q && n == m, bytes.Equal(attemptKey(p, n), attemptKey(q, m)))
		require.Equal(t, n < m, bytes.Compare(attemptKey(p, n), attemptKey(p, m)) < 0)
	})
}

func TestIDText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := ID(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "id"))
		text, err := id.MarshalText()
		require.NoError(t, err)
		require.Equal(t, id.String(), string(text))
		var back ID
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, id, back)
	})
	var id ID
	require.ErrorContains(t, id.UnmarshalText([]byte("00")), "id of 2 characters, want 64")
	require.Error(t, id.UnmarshalText(bytes.Repeat([]byte("g"), 64)))
}
