package store

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// fillUp writes to a store until the disk is full, checks that nothing but the
// last step is missing, makes room and goes on. It does so with uploads and with
// records, which need room in different places.
func fillUp(t *testing.T, path string, limit func(full bool)) {
	s, err := Open(path, Options{Now: clock()})
	require.NoError(t, err)
	id := addJob(t, s, "job")
	data := bytesOf(1, 40*MaxChunk)
	run(t, s, id, "train", 1)
	limit(true)
	steps := map[string]func() error{
		"upload": func() error { return second(send(t.Context(), s, id, features("a"), data, MaxChunk)) },
		"deliver": func() error {
			return s.PutDelivery(t.Context(), id, "train", ID{1}, model, bytes.NewReader(data))
		},
		"audit": func() (err error) {
			for err == nil {
				err = s.AddAudit(t.Context(), id, strings.Repeat("x", maxText))
			}
			return err
		},
	}
	for _, name := range []string{"upload", "audit", "deliver"} {
		err := steps[name]()
		require.ErrorIs(t, err, ErrDiskFull, name)
		require.ErrorContains(t, err, "make room and try again", name)
		t.Logf("%s: %v", name, err)
		requireConsistent(t, s)
		requireUnchanged(t, s, id)
		requireConsistent(t, s)
	}
	_, err = s.FailPhase(t.Context(), id, "train", ID{1}, "disk full")
	t.Logf("fail the phase: %v", err)
	limit(false)

	if err != nil {
		require.ErrorIs(t, err, ErrDiskFull)
		require.NoError(t, second(s.FailPhase(t.Context(), id, "train", ID{1}, "disk full")))
	}
	u, err := s.Upload(t.Context(), id, features("a"))
	require.NoError(t, err)
	require.Positive(t, u.Offset, "the chunks before are there")
	require.NoError(t, steps["upload"]())
	reopen(t, s)
	requireConsistent(t, s)
	require.True(t, bytes.Equal(data, read(t, s, id, features("a"))))
	require.NoError(t, s.Close())
}

// requireUnchanged adds to the audit log until the disk is full, and checks that
// the last time changed nothing.
func requireUnchanged(t *testing.T, s *Store, id ID) {
	lines := func() (n uint64) {
		require.NoError(t, s.look(t.Context(), id, func(j *jobTx) error {
			n = j.bucket(auditBucket).Sequence()
			return nil
		}))
		return n
	}
	for {
		before := lines()
		if err := s.AddAudit(t.Context(), id, strings.Repeat("x", maxText)); err != nil {
			require.ErrorIs(t, err, ErrDiskFull)
			require.Equal(t, before, lines())
			return
		}
		require.Equal(t, before+1, lines())
	}
}

// TestFileSizeLimit runs fillUp where the system lets files grow to 20 MiB.
func TestFileSizeLimit(t *testing.T) {
	path := os.Getenv(childPath)
	if path == "" {
		out, err := child(t, t.Name(), filepath.Join(t.TempDir(), "server.db")).CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "upload: disk full: make room and try again, nothing that was acknowledged is lost: ")
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	fillUp(t, path, func(full bool) {
		var now syscall.Rlimit
		require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &now))
		if now.Cur = now.Max; full {
			now.Cur = 20 << 20
		}
		require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now))
	})
}

// mounted is where the child has its own small file system.
const mounted = "TREFOIL_STORE_MOUNT"

// TestDiskFull runs fillUp on a file system of 64 MiB, most of which a file
// takes until there is to be room. It needs to be allowed to mount one.
func TestDiskFull(t *testing.T) {
	dir := os.Getenv(mounted)
	if dir == "" {
		cmd := child(t, t.Name(), "set")
		cmd.Env = append(cmd.Env, mounted+"="+t.TempDir())
		out, err := inNamespace(cmd).CombinedOutput()
		if strings.Contains(string(out), "--- SKIP") || errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) {
			t.Skipf("no file system of one's own here: %v %s", err, out)
		}
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "no space left on device")
		return
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=72m"); err != nil {
		t.Skipf("mount: %v", err)
	}
	filler := filepath.Join(dir, "filler")
	fillUp(t, filepath.Join(dir, "server.db"), func(full bool) {
		if !full {
			require.NoError(t, os.Remove(filler))
			return
		}
		require.NoError(t, os.WriteFile(filler, make([]byte, 56<<20), 0o600))
	})
}

// inNamespace lets a process mount what only it sees.
func inNamespace(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	return cmd
}
