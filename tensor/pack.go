package tensor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// A packed delivery is "TRFT", one byte each of version, scale and number of
// dimensions, a zero byte, the sizes as little-endian 64-bit words, and the
// packed delivery of package mpc.
const (
	packMagic   = "TRFT"
	packVersion = 1
	maxScale    = 63
)

// PackDelivery returns the bytes of a delivery, for its owners alone: seal them
// to their keys. A delivery of the clear engine is refused.
func PackDelivery(d Delivery) ([]byte, error) {
	if d.box == nil {
		return nil, errors.New("tensor: pack: got an empty delivery, want one that a session made")
	}
	in := *d.box
	var b bytes.Buffer
	b.WriteString(packMagic)
	b.Write([]byte{packVersion, byte(in.scale), byte(in.shape.n), 0})
	for _, v := range in.shape.list() {
		b.Write(binary.LittleEndian.AppendUint64(nil, uint64(v)))
	}
	if err := mpc.WriteDelivery(&b, in.d); err != nil {
		return nil, fmt.Errorf("tensor: %w", err)
	}
	return b.Bytes(), nil
}

// UnpackDelivery reads a delivery that [PackDelivery] packed. It allocates no
// more than the length of b.
func UnpackDelivery(b []byte) (Delivery, error) {
	d, err := unpackDelivery(b)
	if err != nil {
		return Delivery{}, fmt.Errorf("tensor: packed delivery: %w", err)
	}
	return Delivery{box: &d}, nil
}

func unpackDelivery(b []byte) (*deliveryBox, error) {
	scale, shape, rest, err := unpackHeader(b)
	if err != nil {
		return nil, err
	}
	d, err := mpc.UnpackDelivery(rest)
	if err != nil {
		return nil, err
	}
	if n, ok := product(shape.list()); !ok || n != d.Len() {
		return nil, fmt.Errorf("got %d elements, want %s", d.Len(), shape)
	}
	return &deliveryBox{d, scale, shape}, nil
}

func unpackHeader(b []byte) (scale int, shape dims, rest []byte, err error) {
	if len(b) < 8 {
		return 0, shape, nil, fmt.Errorf("cut short: %w", io.ErrUnexpectedEOF)
	}
	if string(b[:4]) != packMagic || b[4] != packVersion || b[7] != 0 {
		return 0, shape, nil, fmt.Errorf("it begins with %q, want %q and version %d", b[:8], packMagic, packVersion)
	}
	scale, shape.n, rest = int(b[5]), int(b[6]), b[8:]
	if scale > maxScale || shape.n < 1 || shape.n > maxDims {
		return 0, shape, nil, fmt.Errorf("got scale %d and %d dimensions, want up to %d and 1 to %d", scale, shape.n, maxScale, maxDims)
	}
	for i := range shape.n {
		if len(rest) < 8 {
			return 0, shape, nil, fmt.Errorf("cut short: %w", io.ErrUnexpectedEOF)
		}
		v := binary.LittleEndian.Uint64(rest)
		if v > 1<<40 {
			return 0, shape, nil, fmt.Errorf("got dimension %d of %d, want at most 2^40", i, v)
		}
		shape.size[i], rest = int(v), rest[8:]
	}
	return scale, shape, rest, nil
}

// Valid reports whether d was made by a session or unpacked.
func (d Delivery) Valid() bool { return d.box != nil }
