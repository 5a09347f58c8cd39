package mpc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Server returns the server that the part is for.
func (t Part) Server() int { return (*t.box).server }

// Fits reports an error unless t is a part of n elements for server. Ask before
// [Party.Input] of a part that came from a network: server 0's part is 48 bytes
// long whatever its number of elements.
func (t Part) Fits(server, n int) error {
	switch {
	case t.box == nil:
		return errors.New("mpc: got an empty part, want one that an owner made")
	case t.Server() != server:
		return fmt.Errorf("mpc: got a part for server %d, want one for server %d", t.Server(), server)
	case t.Len() != n:
		return fmt.Errorf("mpc: got a part of %d elements, want %d", t.Len(), n)
	}
	return nil
}

// packs reports an error unless t is a part for a server, which alone can be
// packed.
func (t Part) packs() error {
	if t.box == nil || t.Server() == clearServer {
		return errors.New("mpc: pack: got no part or a cleartext one, want one for a server")
	}
	return nil
}

// PackedSize returns the length of the packed part.
func (t Part) PackedSize() int64 { return packHeader + partBody(t.Server(), t.Len()) }

func partBody(server, n int) int64 {
	if server == 0 {
		return int64(2 * len(seed{}))
	}
	return int64(len(seed{})) + 8*int64(n)
}

// PackPart returns the bytes of a part, for its server alone: seal them to its
// key before they leave the owner's machine. A part of [Plain] is refused.
func PackPart(t Part) ([]byte, error) {
	if err := t.packs(); err != nil {
		return nil, err
	}
	b := bytes.NewBuffer(make([]byte, 0, t.PackedSize()))
	err := WritePart(b, t)
	return b.Bytes(), err
}

// WritePart is [PackPart] as a stream.
func WritePart(w io.Writer, t Part) error {
	if err := t.packs(); err != nil {
		return err
	}
	in := *t.box
	head := packed{in.server, in.n}.bytes(partMagic)
	for i := range in.seeds {
		if has(in.server, i) {
			head = append(head, in.seeds[i][:]...)
		}
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	return writeWords(w, in.correction)
}

// has reports whether the part of a server has seed σ_i.
func has(server, i int) bool { return server == 0 || server == 2-i }

// UnpackPart reads a part that [PackPart] packed. It allocates no more than the
// length of b. See [Part.Fits].
func UnpackPart(b []byte) (Part, error) { return ReadPart(bytes.NewReader(b), int64(len(b))) }

// ReadPart is [UnpackPart] of a stream of size bytes. It reads to the end of r,
// so that a reader of sealed data can find it cut short.
func ReadPart(r io.Reader, size int64) (Part, error) {
	t, err := readPart(r, size)
	if err != nil {
		return Part{}, fmt.Errorf("mpc: packed part: %w", err)
	}
	return newPart(t), nil
}

func readPart(r io.Reader, size int64) (t part, err error) {
	h, err := readHeader(r, partMagic)
	if err != nil {
		return t, err
	}
	t.server, t.n = h.server, h.n
	if err := wantSize(size, packHeader+partBody(h.server, h.n)); err != nil {
		return t, fmt.Errorf("server %d, %d elements: %w", h.server, h.n, err)
	}
	for i := range t.seeds {
		if !has(h.server, i) {
			continue
		}
		if _, err := io.ReadFull(r, t.seeds[i][:]); err != nil {
			return t, short(err)
		}
	}
	if h.server != 0 {
		if t.correction, err = readWords(r, h.n); err != nil {
			return t, err
		}
	}
	return t, noMore(r)
}
