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

// sheet is what one server gets of an item, before it is sealed.
type sheet struct {
	size  int64
	write func(io.Writer) error
}

// sheets are the three parts of an item, or the same file three times.
func sheets(side *parties.OwnerSide, what string) (list [3]sheet, err error) {
	if text, ok := side.File(what); ok {
		one := sheet{int64(len(text)), func(w io.Writer) error { _, err := w.Write(text); return err }}
		return [3]sheet{one, one, one}, nil
	}
	parts, err := side.Parts(what)
	if err != nil {
		return list, err
	}
	for k, part := range parts {
		list[k] = sheet{part.PackedSize(), func(w io.Writer) error { return mpc.WritePart(w, part) }}
	}
	return list, nil
}

// cut splits an item into three parts and writes them, each sealed to its server,
// to the ledger's folder, so that an upload can go on after an interruption with
// the same bytes. Rows are never written. The ledger does not know the cutting yet.
func (l *Ledger) cut(job [32]byte, side *parties.OwnerSide, it parties.Item, keys [3]identity.SealKey) (*HandedItem, error) {
	parts, err := sheets(side, it.What)
	if err != nil {
		return nil, err
	}
	split := make([]byte, partypb.SplitSize)
	if _, err := rand.Read(split); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return nil, plain(err)
	}
	h := &HandedItem{Split: hex.EncodeToString(split)}
	for k, part := range parts {
		about := partypb.PartAbout(job[:], wireItem(it), uint32(k), split)
		if h.Parts[k], err = sealTo(l.sealed(it, h, k), keys[k], about, part); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// sealed is the file of a sealed part of a cutting.
func (l *Ledger) sealed(it parties.Item, h *HandedItem, server int) string {
	return l.path(fmt.Sprintf("%s.%d.%.8s.sealed", it.What, server, h.Split))
}

// keeps reports whether the sealed parts of a cutting that are not with their
// servers yet are still here.
func (l *Ledger) keeps(it parties.Item, h *HandedItem) bool {
	for k, p := range h.Parts {
		if _, err := os.Stat(l.sealed(it, h, k)); len(p.Receipt) == 0 && err != nil {
			return false
		}
	}
	return true
}

// discard removes the sealed parts of all cuttings of an item: the servers have
// what they need.
func (l *Ledger) discard(it parties.Item) {
	files, _ := os.ReadDir(l.dir)
	for _, f := range files {
		if ours, _ := filepath.Match(it.What+".*.sealed*", f.Name()); ours {
			_ = os.Remove(l.path(f.Name())) // what stays takes room and tells nothing
		}
	}
}

// sealTo seals a part to a file that is there whole or not at all.
func sealTo(path string, key identity.SealKey, about []byte, part sheet) (p HandedPart, err error) {
	temp := path + ".new"
	if p, err = sealToNew(temp, key, about, part); err != nil {
		return p, err
	}
	return p, plain(os.Rename(temp, path))
}

func sealToNew(path string, key identity.SealKey, about []byte, part sheet) (p HandedPart, err error) {
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
	if err := part.write(w); err != nil {
		return p, plain(err)
	}
	if err := w.Close(); err != nil {
		return p, plain(err)
	}
	return HandedPart{Digest: hex.EncodeToString(digest.Sum(nil)), Length: identity.SealedSize(part.size)}, f.Sync()
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
