package client

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/parties"
)

// Extensions of key files.
const (
	privateExt = ".key"
	publicExt  = ".pub"
)

// NewKey makes a key and writes it to name.key, and its fingerprint to name.pub,
// which may be sent to anybody. It returns the names of the files.
func NewKey(name string) (key, public string, err error) {
	name = strings.TrimSuffix(name, privateExt)
	if filepath.Base(name) == "." || strings.HasSuffix(name, string(filepath.Separator)) {
		return "", "", fmt.Errorf("got the name %q, want one such as hospital-a", name)
	}
	key, public = name+privateExt, name+publicExt
	if _, err := os.Lstat(public); err == nil {
		return "", "", hintf("choose another name, or move both files away", "%s exists already", public)
	}
	k := identity.Generate()
	if err := k.Save(key); err != nil {
		return "", "", plain(err)
	}
	return key, public, plain(os.WriteFile(public, []byte(k.Fingerprint()+"\n"), 0o644))
}

// Fingerprint returns the fingerprint of a key file.
func Fingerprint(keyFile string) (string, error) {
	k, err := LoadKey(keyFile)
	if err != nil {
		return "", err
	}
	return k.Fingerprint(), nil
}

// LoadKey reads a key file.
func LoadKey(file string) (identity.Key, error) {
	k, err := identity.Load(file)
	if errors.Is(err, fs.ErrNotExist) {
		return k, hintf("trainer keygen NAME makes one", "no key file %s", file)
	}
	return k, plain(err)
}

// findKey loads the named key file, or if none is named the only one that the
// job names, from the current folder or that of the job.
func findKey(job *parties.Job, file string) (identity.Key, error) {
	if file != "" {
		return LoadKey(file)
	}
	found := map[string]identity.Key{}
	for _, dir := range []string{".", job.Dir} {
		files, _ := filepath.Glob(filepath.Join(dir, "*"+privateExt)) // no match is an answer
		for _, f := range files {
			if k, err := identity.Load(f); err == nil && isParty(job, k) {
				found[k.Fingerprint()] = k
			}
		}
	}
	if len(found) == 1 {
		for _, k := range found {
			return k, nil
		}
	}
	if len(found) > 1 {
		return identity.Key{}, hintf("say which with --key", "this folder has %d keys of the job", len(found))
	}
	return identity.Key{}, hintf("name your key file with --key, or set TREFOIL_KEY; the fingerprint in the job must be that of your key",
		"no key file of a party of this job in this folder")
}

func isParty(job *parties.Job, k identity.Key) bool {
	_, ok := job.Party(k.Public())
	return ok
}

// plain drops the system call from a file error and keeps file and cause.
func plain(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %w", pe.Path, pe.Err)
	}
	return err
}
