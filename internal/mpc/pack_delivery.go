package mpc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Len returns the number of elements (of words, for a wide vector). The length is
// public.
func (d Delivery) Len() int { return len((*d.box).own) }

// Server returns the server that delivers.
func (d Delivery) Server() int { return (*d.box).server }

// packs reports an error unless d is a server's.
func (d Delivery) packs() error {
	if d.box == nil || d.Server() == clearServer {
		return errors.New("mpc: pack: got no delivery or a cleartext one, want one of a server")
	}
	return nil
}

// PackedSize returns the length of the packed delivery.
func (d Delivery) PackedSize() int64 { return packHeader + 16*int64(d.Len()) }

// PackDelivery returns the bytes of a delivery, for its owners alone: seal them
// to their keys. A delivery of the clear engine is refused.
func PackDelivery(d Delivery) ([]byte, error) {
	if err := d.packs(); err != nil {
		return nil, err
	}
	b := bytes.NewBuffer(make([]byte, 0, d.PackedSize()))
	err := WriteDelivery(b, d)
	return b.Bytes(), err
}

// WriteDelivery is [PackDelivery] as a stream.
func WriteDelivery(w io.Writer, d Delivery) error {
	if err := d.packs(); err != nil {
		return err
	}
	in := *d.box
	if _, err := w.Write(packed{in.server, len(in.own)}.bytes(deliveryMagic)); err != nil {
		return err
	}
	if err := writeWords(w, in.own); err != nil {
		return err
	}
	return writeWords(w, in.next)
}

// UnpackDelivery reads a delivery that [PackDelivery] packed. It allocates no
// more than the length of b.
func UnpackDelivery(b []byte) (Delivery, error) {
	return ReadDelivery(bytes.NewReader(b), int64(len(b)))
}

// ReadDelivery is [UnpackDelivery] of a stream of size bytes. It reads to the end
// of r, so that a reader of sealed data can find it cut short.
func ReadDelivery(r io.Reader, size int64) (Delivery, error) {
	d, err := readDelivery(r, size)
	if err != nil {
		return Delivery{}, fmt.Errorf("mpc: packed delivery: %w", err)
	}
	return Delivery{box: &d}, nil
}

func readDelivery(r io.Reader, size int64) (*delivery, error) {
	h, err := readHeader(r, deliveryMagic)
	if err != nil {
		return nil, err
	}
	if err := wantSize(size, packHeader+16*int64(h.n)); err != nil {
		return nil, fmt.Errorf("server %d, %d elements: %w", h.server, h.n, err)
	}
	d := &delivery{server: h.server}
	if d.own, err = readWords(r, h.n); err != nil {
		return nil, err
	}
	if d.next, err = readWords(r, h.n); err != nil {
		return nil, err
	}
	return d, noMore(r)
}
