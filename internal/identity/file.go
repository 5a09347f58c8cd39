package identity

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// maxFile is far more than a key file has.
const maxFile = 4096

// Save writes k to a new file that only its owner can read. It does not
// overwrite: a lost key is lost for good. When it returns nil, the file is on
// disk.
func (k Key) Save(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already, and a private key is never overwritten: choose another name, or move the file away", path)
	}
	if err != nil {
		return err
	}
	if err := writeSynced(f, k.text()); err != nil {
		return errors.Join(fmt.Errorf("private key %s: %w", path, err), os.Remove(path))
	}
	return syncFolder(filepath.Dir(path))
}

func writeSynced(f *os.File, data []byte) error {
	_, err := f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncFolder makes the name of a new file as lasting as its content. Windows
// cannot, and does not need it.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Load reads a key file that [Key.Save] wrote. On systems with Unix modes it
// refuses one that others than its owner may read.
func Load(path string) (Key, error) {
	f, err := os.Open(path)
	if err != nil {
		return Key{}, err
	}
	defer f.Close()
	if err := checkMode(f, path); err != nil {
		return Key{}, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return Key{}, err
	}
	k, err := parse(data)
	if err != nil {
		return Key{}, fmt.Errorf("private key %s: %w", path, err)
	}
	return k, nil
}

func checkMode(f *os.File, path string) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("private key %s is not a file", path)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return fmt.Errorf("private key %s can be read or changed by others (mode %04o): run chmod 600 %s, and make a new key if others may have read it", path, mode, path)
	}
	return nil
}
