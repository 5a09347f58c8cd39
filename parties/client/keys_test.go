package client_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties/client"
)

func TestNewKey(t *testing.T) {
	name := filepath.Join(t.TempDir(), "north")
	key, public, err := client.NewKey(name)
	require.NoError(t, err)
	require.Equal(t, name+".key", key)
	fingerprint, err := client.Fingerprint(key)
	require.NoError(t, err)
	text, err := os.ReadFile(public)
	require.NoError(t, err)
	require.Equal(t, fingerprint+"\n", string(text))
	if runtime.GOOS != "windows" {
		info, err := os.Stat(key)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
}

func TestNewKeyLeavesOldOnesAlone(t *testing.T) {
	name := filepath.Join(t.TempDir(), "north")
	_, _, err := client.NewKey(name)
	require.NoError(t, err)
	before, err := client.Fingerprint(name + ".key")
	require.NoError(t, err)
	_, _, err = client.NewKey(name)
	require.ErrorContains(t, err, "exists already")
	require.NoError(t, os.Remove(name+".pub"))
	_, _, err = client.NewKey(name + ".key")
	require.ErrorContains(t, err, "never overwritten")
	after, err := client.Fingerprint(name + ".key")
	require.NoError(t, err)
	require.Equal(t, before, after)
	_, _, err = client.NewKey("")
	require.ErrorContains(t, err, "want one such as hospital-a")
}
