package parties

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// tempPattern names the folder in which an output is prepared; what a killed
// run leaves of it is in nobody's way.
const tempPattern = ".trefoil-*"

// OutputError is an output folder that cannot be used.
type OutputError struct{ Dir, Msg string }

// Error names the folder and what is wrong with it.
func (e *OutputError) Error() string { return fmt.Sprintf("output folder %s: %s", e.Dir, e.Msg) }

// Hints returns advice for the user.
func (e *OutputError) Hints() []string {
	return []string{"name a new folder, an empty one, or one that an earlier run wrote"}
}

// realPath returns the absolute path of dir, links followed as far as it exists.
func realPath(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("parties: output folder %s: %w", dir, err)
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real, nil
	}
	return abs, nil
}

// existing returns the nearest folder at or above path that exists.
func existing(path string) string {
	for {
		if _, err := os.Stat(path); err == nil || filepath.Dir(path) == path {
			return path
		}
		path = filepath.Dir(path)
	}
}

// cause is what the system said, without its call and path.
func cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// install writes the files to dir. A new folder appears with all of them at once.
// In one that exists the result file goes first and comes back last, so that
// whoever finds it finds all files of one run.
func install(dir string, files map[string][]byte) error {
	home := filepath.Dir(dir)
	_, err := os.Stat(dir)
	isNew := err != nil
	if !isNew {
		home = dir // it may be a mount, beside which nothing can be written
	}
	if err := os.MkdirAll(home, 0o777); err != nil {
		return fmt.Errorf("parties: output: %w", err)
	}
	temp, err := os.MkdirTemp(home, tempPattern)
	if err != nil {
		return fmt.Errorf("parties: output: %w", err)
	}
	ready := prepared(temp)
	if err := writeAll(ready, files); err != nil {
		return errors.Join(fmt.Errorf("parties: output: %w", err), os.RemoveAll(temp))
	}
	if isNew {
		err = os.Rename(ready, dir)
	} else {
		err = moveFiles(ready, dir)
	}
	if err != nil {
		return fmt.Errorf("parties: output is in %s, not in its place: %w", ready, err)
	}
	return os.RemoveAll(temp)
}

// prepared is where in the folder of a run its output is before it is moved.
func prepared(temp string) string { return filepath.Join(temp, "output") }

// isPrepared tells whether a folder is what a run left that was killed at the end.
func isPrepared(temp string) bool {
	_, err := os.Stat(prepared(temp))
	return err == nil
}

// writeAll writes the files to the new folder dir.
func writeAll(dir string, files map[string][]byte) error {
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	for name, content := range files {
		if err := writeSynced(filepath.Join(dir, name), content); err != nil {
			return err
		}
	}
	return nil
}

// writeSynced writes a file and waits until it is on the disk.
func writeSynced(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// moveFiles moves every output file from one folder to the other.
func moveFiles(from, to string) error {
	if err := os.Remove(filepath.Join(to, FileResult)); err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, name := range outputFiles() {
		if err := os.Rename(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return nil
}
