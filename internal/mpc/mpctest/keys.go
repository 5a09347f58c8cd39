package mpctest

import (
	"crypto/rand"
	"crypto/sha3"
	"encoding/binary"
	"io"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/prg"
)

// PairKeys are the long-lived secrets of three servers: Pair[i] is known to
// servers i and i−1, Own[i] to server i alone.
type PairKeys struct{ Pair, Own [3]prg.PairKey }

// Random is where keys and seeds of shares are read from: with a seed that is not 0
// they are the same every time.
func Random(seed uint64) io.Reader {
	if seed == 0 {
		return rand.Reader
	}
	r := sha3.NewSHAKE256()
	_, _ = r.Write(binary.LittleEndian.AppendUint64(nil, seed)) // never fails
	return r
}

// NewPairKeys draws fresh pair keys.
func NewPairKeys(t TB) *PairKeys {
	t.Helper()
	return PairKeysFrom(t, rand.Reader)
}

// PairKeysFrom reads pair keys from r, the same from the same bytes.
func PairKeysFrom(t TB, r io.Reader) *PairKeys {
	t.Helper()
	k := new(PairKeys)
	for i := range 3 {
		k.Pair[i], k.Own[i] = pairKeyFrom(t, r), pairKeyFrom(t, r)
	}
	return k
}

// NewPairKey draws one fresh key.
func NewPairKey(t TB) prg.PairKey {
	t.Helper()
	return pairKeyFrom(t, rand.Reader)
}

func pairKeyFrom(t TB, r io.Reader) prg.PairKey {
	t.Helper()
	k, err := prg.NewPairKey(r)
	require.NoError(t, err)
	return k
}

// Session returns the keys of the three servers in a session. Two sessions
// with one id have the same keystream.
func (k *PairKeys) Session(t TB, id [32]byte) [3]prg.Keys {
	t.Helper()
	var keys [3]prg.Keys
	for i := range 3 {
		var err error
		keys[i], err = prg.Derive(id, i, k.Pair[i], k.Pair[(i+1)%3], k.Own[i])
		require.NoError(t, err)
	}
	return keys
}
