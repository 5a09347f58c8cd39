package prg

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/ring"
)

// threeServers returns the session keys of all three servers from pair keys of one byte
// each.
func threeServers(t require.TestingT, session [32]byte) [3]Keys {
	pair := func(b byte) PairKey {
		k, err := PairKeyFrom(bytes.Repeat([]byte{b}, PairKeySize))
		require.NoError(t, err)
		return k
	}
	var keys [3]Keys
	for i := range keys {
		var err error
		keys[i], err = Derive(session, i, pair(byte(i)), pair(byte((i+1)%3)), pair(byte(10+i)))
		require.NoError(t, err)
	}
	return keys
}

type filler interface{ Fill([]uint64, Name) }

// draw is four words, so that two equal ones are no accident.
func draw(f filler, n Name) [4]uint64 {
	var w [4]uint64
	f.Fill(w[:], n)
	return w
}

func TestNeighboursDrawTheSame(t *testing.T) {
	keys := threeServers(t, [32]byte{1})
	for i := range keys {
		n := Name{Lane: 7, Seq: uint32(i)}
		require.Equal(t, draw(keys[i].Next, n), draw(keys[(i+1)%3].Prev, n))
	}
	coin := draw(keys[0].All, Name{1, 1})
	require.Equal(t, coin, draw(keys[1].All, Name{1, 1}))
	require.Equal(t, coin, draw(keys[2].All, Name{1, 1}))
}

// TestStreamsDiffer draws one name from everything that must differ.
func TestStreamsDiffer(t *testing.T) {
	seen := make(map[[4]uint64]string)
	add := func(what string, w [4]uint64) {
		require.NotContains(t, seen, w, "%s and %s", what, seen[w])
		seen[w] = what
	}
	for s := range byte(2) {
		keys := threeServers(t, [32]byte{s})
		add("coin", draw(keys[0].All, Name{}))
		for i := range keys {
			add("pair", draw(keys[i].Next, Name{}))
			add("own", draw(keys[i].Own, Name{}))
		}
	}
	next := threeServers(t, [32]byte{})[1].Next
	add("lane", draw(next, Name{Lane: 1}))
	add("seq", draw(next, Name{Seq: 1}))
}

func TestOnePairKeyForAllPairsStillDiffers(t *testing.T) {
	k, err := NewPairKey(rand.Reader)
	require.NoError(t, err)
	a, err := Derive([32]byte{}, 0, k, k, k)
	require.NoError(t, err)
	prev, next, own := draw(a.Prev, Name{}), draw(a.Next, Name{}), draw(a.Own, Name{})
	require.NotEqual(t, prev, next)
	require.NotEqual(t, prev, own)
	require.NotEqual(t, next, own)
}

// TestStreamsStay keeps derivation and stream as they are: servers of different
// builds must agree. The values were computed from the package's documentation
// by another implementation (Python's hmac, OpenSSL's aes-128-ctr).
func TestStreamsStay(t *testing.T) {
	keys := threeServers(t, SessionID([32]byte{1}, [3][32]byte{{2}, {3}, {4}}))[0]
	for _, c := range []struct {
		key  filler
		want [2]uint64
	}{
		{keys.Prev, [2]uint64{0x042a69872416969f, 0xa0d381547fe86131}},
		{keys.Next, [2]uint64{0xa2c87315a25c7516, 0x39a4d522451e652d}},
		{keys.Own, [2]uint64{0x7886cae852db8e1b, 0x4891293ff0fd6c0b}},
		{keys.All, [2]uint64{0xc1542ff241228514, 0xddc311e24b9a8cad}},
	} {
		w := draw(c.key, Name{Lane: 0x0102030405060708, Seq: 9})
		require.Equal(t, c.want, [2]uint64(w[:2]), "%T", c.key)
	}
}

func TestSessionID(t *testing.T) {
	nonces := [3][32]byte{{1}, {2}, {3}}
	id := SessionID([32]byte{9}, nonces)
	require.Equal(t, id, SessionID([32]byte{9}, nonces))
	require.NotEqual(t, id, SessionID([32]byte{8}, nonces))
	for i := range nonces {
		other := nonces
		other[i][31] ^= 1
		require.NotEqual(t, id, SessionID([32]byte{9}, other), "nonce of server %d", i)
	}
}

func TestDeriveRefuses(t *testing.T) {
	for _, server := range []int{-1, 3} {
		_, err := Derive([32]byte{}, server, PairKey{}, PairKey{}, PairKey{})
		require.ErrorContains(t, err, "want 0, 1 or 2")
	}
}

func TestPairKeyTravels(t *testing.T) {
	k, err := NewPairKey(rand.Reader)
	require.NoError(t, err)
	sent := k.ExportToPeer()
	got, err := PairKeyFrom(sent[:])
	require.NoError(t, err)
	require.Equal(t, sent, got.ExportToPeer())
	_, err = PairKeyFrom(sent[:31])
	require.EqualError(t, err, "pair key of 31 bytes, want 32")
}

func TestNewPairKeyNeedsRandomness(t *testing.T) {
	broken := errors.New("no entropy")
	_, err := NewPairKey(iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
}

func TestEmptyKeyPanics(t *testing.T) {
	require.Panics(t, func() { draw(Prev{}, Name{}) })
	require.Panics(t, func() { PairKey{}.ExportToPeer() })
}

func TestDrawLength(t *testing.T) {
	require.NotPanics(t, func() { checkWords(2 << 32) })
	require.PanicsWithValue(t, "prg: draw of 8589934593 words, want at most 8589934592",
		func() { checkWords(2<<32 + 1) })
}

// TestDeriveAtEveryLevel derives the same keys, with the instructions that the
// level of the arithmetic allows.
func TestDeriveAtEveryLevel(t *testing.T) {
	before := ring.CurrentLevel()
	defer func() { require.NoError(t, ring.SetLevel(before)) }()
	want := map[ring.Level]level{
		ring.LevelGo: generic, ring.LevelAVX2: min(vaes256, bestLevel()),
		ring.LevelAVX512: bestLevel(), ring.LevelAMX: bestLevel(),
	}
	var first [9]uint64
	for i, l := range ring.Levels() {
		require.NoError(t, ring.SetLevel(l))
		keys, err := Derive([32]byte{1}, 2, pairKey(t, 1), pairKey(t, 2), pairKey(t, 3))
		require.NoError(t, err)
		var words [9]uint64
		keys.Next.Fill(words[:], Name{Lane: 4})
		if i == 0 {
			first = words
		}
		require.Equal(t, first, words, l)
		require.Equal(t, want[l], keys.Next.open().level, l)
	}
}

// pairKey is a fixed pair key.
func pairKey(t *testing.T, first byte) PairKey {
	k, err := PairKeyFrom(append([]byte{first}, make([]byte, PairKeySize-1)...))
	require.NoError(t, err)
	return k
}
