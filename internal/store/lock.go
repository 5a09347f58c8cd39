package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"time"
)

// The lock is on the store itself; the file beside it only tells who has it.
func holderFile(path string) string { return path + ".holder" }

// hold writes down that this process has the store.
func (s *Store) hold() error {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	text := fmt.Sprintf("process %d on %s, since %s", os.Getpid(), host, s.opt.Now().UTC().Format(time.RFC3339))
	return full(os.WriteFile(holderFile(s.path), []byte(text), 0o600))
}

// letGo removes what hold wrote. If that fails, the next hold overwrites it.
func (s *Store) letGo() { _ = os.Remove(holderFile(s.path)) }

// holder returns who has the store.
func holder(path string) string {
	text, err := os.ReadFile(holderFile(path))
	if errors.Is(err, fs.ErrNotExist) || len(text) == 0 {
		return "another process"
	}
	if err != nil {
		return fmt.Sprintf("another process (%v)", err)
	}
	return string(text)
}

// private refuses a store that others can read: it may have been copied there
// with another mode.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return fmt.Errorf("others can read or change it (mode %04o): run chmod 600 %s", mode, path)
	}
	return nil
}
