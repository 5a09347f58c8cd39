package mpctest

import (
	"crypto/rand"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/prg"
)

// PairKeys are the long-lived secrets of three servers: Pair[i] is known to
// servers i and i−1, Own[i] to server i alone.
type PairKeys struct{ Pair, Own [3]prg.PairKey }

// NewPairKeys draws fresh pair keys.
func NewPairKeys(t TB) *PairKeys {
	t.Helper()
	k := new(PairKeys)
	for i := range 3 {
		k.Pair[i] = NewPairKey(t)
		k.Own[i] = NewPairKey(t)
	}
	return k
}

// NewPairKey draws one fresh key.
func NewPairKey(t TB) prg.PairKey {
	t.Helper()
	k, err := prg.NewPairKey(rand.Reader)
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
