package client

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// cut splits an item into three parts and writes them, each sealed to its server,
// to the ledger's folder, so that an upload can go on after an interruption with
// the same bytes. Rows are never written.
func (l *Ledger) cut(job [32]byte, side *parties.OwnerSide, it parties.Item, keys [3]identity.SealKey) error {
	parts, err := side.Parts(it.What)
	if err != nil {
		return err
	}
	split := make([]byte, partypb.SplitSize)
	if _, err := rand.Read(split); err != nil {
		return err
	}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return plain(err)
	}
	h := &HandedItem{Split: hex.EncodeToString(split)}
	for k, part := range parts {
		about := partypb.PartAbout(job[:], wireItem(it), uint32(k), split)
		if h.Parts[k], err = sealTo(l.sealed(it, k), keys[k], about, part); err != nil {
			return err
		}
	}
	l.Items[it.What] = h
	return l.save()
}

// sealed is the file of a sealed part.
func (l *Ledger) sealed(it parties.Item, server int) string {
	return l.path(fmt.Sprintf("%s.%d.sealed", it.What, server))
}

// keeps reports whether the sealed parts of an item that are not with their
// servers yet are still here.
func (l *Ledger) keeps(it parties.Item) bool {
	for k, p := range l.Items[it.What].Parts {
		if _, err := os.Stat(l.sealed(it, k)); len(p.Receipt) == 0 && err != nil {
			return false
		}
	}
	return true
}

// discard removes the sealed parts of an item, which the servers have.
func (l *Ledger) discard(it parties.Item) {
	for k := range 3 {
		_ = os.Remove(l.sealed(it, k)) // what stays takes room and tells nothing
	}
}

// sealTo seals a part to a new file.
func sealTo(path string, key identity.SealKey, about []byte, part mpc.Part) (p HandedPart, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return p, plain(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	digest := sha256.New()
	w, err := key.NewWriter(io.MultiWriter(f, digest), about)
	if err != nil {
		return p, err
	}
	if err := mpc.WritePart(w, part); err != nil {
		return p, plain(err)
	}
	if err := w.Close(); err != nil {
		return p, plain(err)
	}
	return HandedPart{Digest: hex.EncodeToString(digest.Sum(nil)), Length: identity.SealedSize(part.PackedSize())}, f.Sync()
}

// digestFiles names the content of an owner's files. Each may be empty, or a folder
// of images.
func digestFiles(names ...string) (string, error) {
	h := sha256.New()
	for _, name := range names {
		if name == "" {
			continue
		}
		list := []string{name}
		if info, err := os.Stat(name); err != nil {
			return "", plain(err)
		} else if info.IsDir() {
			if list, err = filepath.Glob(filepath.Join(name, "*")); err != nil {
				return "", err
			}
		}
		for _, file := range list {
			if err := hashFile(h, file); err != nil {
				return "", plain(err)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// hashFile writes the digest of one file to h; folders do not count.
func hashFile(h io.Writer, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return err
	}
	one := sha256.New()
	if _, err := io.Copy(one, f); err != nil {
		return err
	}
	_, err = h.Write(one.Sum(nil))
	return err
}
