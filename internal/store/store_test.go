package store

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

func TestOpenMakesAPrivateFile(t *testing.T) {
	s := temp(t, Options{})
	if runtime.GOOS != "windows" {
		info, err := os.Stat(s.path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode())
	}
	require.NoError(t, s.Close())
	require.NoFileExists(t, holderFile(s.path))
	if runtime.GOOS == "windows" {
		return
	}
	require.NoError(t, os.Chmod(s.path, 0o640))
	_, err := Open(s.path, Options{})
	require.ErrorContains(t, err, "others can read or change it (mode 0640): run chmod 600 "+s.path)
	require.NoError(t, os.Chmod(s.path, 0o600))
	reopen(t, s)
}

func TestOpenRefusesNewerAndForeignFiles(t *testing.T) {
	s := temp(t, Options{Identity: "ed25519:a"})
	reopen(t, s)
	require.NoError(t, s.Close())
	_, err := Open(s.path, Options{Identity: "ed25519:b"})
	require.ErrorContains(t, err, "it belongs to ed25519:a, not to ed25519:b")
	again, err := Open(s.path, Options{})
	require.NoError(t, err)
	require.NoError(t, again.update(t.Context(), func(tx *bolt.Tx) error {
		return put(tx.Bucket(metaBucket), metaBucket, meta{Schema: schema + 1})
	}))
	require.NoError(t, again.Close())
	_, err = Open(s.path, Options{})
	require.ErrorContains(t, err, "layout version 2, this program knows version 1: use the program that wrote it, or a newer one")
	require.NoError(t, again.db.Close())

	fresh, err := Open(filepath.Join(t.TempDir(), "other.db"), Options{})
	require.NoError(t, err)
	*s = *fresh // for the cleanup
}

func TestOpenRefusesWhatIsNoStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	require.NoError(t, os.WriteFile(path, bytesOf(1, 100_000), 0o600))
	_, err := Open(path, Options{})
	require.ErrorContains(t, err, "store "+path+": invalid database")
	_, err = Open(filepath.Join(path+"-none", "y.db"), Options{})
	require.ErrorIs(t, err, os.ErrNotExist)
}

// childPath tells a test that it is a process of another test, and which store
// to use.
const childPath = "TREFOIL_STORE_TEST"

// child returns this test binary, to run one test on a store.
func child(t *testing.T, test, path string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe, "-test.run=^"+test+"$", "-test.v")
	cmd.Env = append(os.Environ(), childPath+"="+path)
	return cmd
}

// TestOneProcess has a second process try to open a store.
func TestOneProcess(t *testing.T) {
	if path := os.Getenv(childPath); path != "" {
		_, err := Open(path, Options{LockTimeout: 50 * time.Millisecond})
		require.ErrorIs(t, err, ErrLocked)
		t.Logf("refused: %v", err)
		return
	}
	s := temp(t, Options{})
	out, err := child(t, t.Name(), s.path).CombinedOutput()
	require.NoError(t, err, "%s", out)
	host, err := os.Hostname()
	require.NoError(t, err)
	require.Contains(t, string(out), "refused: store in use: "+s.path+" is held by process ")
	require.Contains(t, string(out), " on "+host+", since 2026-11-22T08:00:01Z: stop that process, or give this one another store")
}

func TestHolderUnknown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	require.Equal(t, "another process", holder(path))
	require.NoError(t, os.Mkdir(holderFile(path), 0o700))
	require.Contains(t, holder(path), "another process")
}

func TestMethodsHeedTheContext(t *testing.T) {
	s := temp(t, Options{})
	id := addJob(t, s, "job")
	why := errors.New("the call was given up")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	_, err := s.Job(ctx, id)
	require.ErrorIs(t, err, why)
	_, err = s.AddJob(ctx, ID{1}, []byte("x"), nil)
	require.ErrorIs(t, err, why)
	jobs, err := s.Jobs(t.Context())
	require.NoError(t, err)
	require.Equal(t, []ID{id}, jobs)
}
