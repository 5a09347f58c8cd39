package parties

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/tensor"
)

// The first byte of a packed Delivered says what follows.
const (
	packedHalf  = 1 // a packed tensor.Delivery
	packedWide  = 2 // a packed mpc.Delivery
	packedValue = 3 // number of dimensions, sizes, float64 values; little endian, 8 bytes each
)

// maxValueDims bounds the dimensions of packed values.
const maxValueDims = 8

// Pack returns the bytes of what a server delivers, to be sealed to its owner.
func (d Delivered) Pack() ([]byte, error) {
	in, err := d.open(0)
	if err != nil {
		return nil, errors.New("pack: nothing was delivered")
	}
	var kind byte
	var rest []byte
	switch {
	case in.value != nil:
		return packValue(*in.value), nil
	case in.half.Valid():
		kind = packedHalf
		rest, err = tensor.PackDelivery(in.half)
	default:
		kind = packedWide
		rest, err = mpc.PackDelivery(in.wide)
	}
	return append([]byte{kind}, rest...), err
}

// UnpackDelivered reads what Pack wrote. It allocates no more than a few times
// the length of b.
func UnpackDelivered(b []byte) (Delivered, error) {
	if len(b) == 0 {
		return Delivered{}, errors.New("unpack a delivery: got nothing")
	}
	var d delivered
	var err error
	switch rest := b[1:]; b[0] {
	case packedHalf:
		d.half, err = tensor.UnpackDelivery(rest)
	case packedWide:
		d.wide, err = mpc.UnpackDelivery(rest)
	case packedValue:
		d.value, err = unpackValue(rest)
	default:
		err = fmt.Errorf("got kind %d, want 1 to 3", b[0])
	}
	if err != nil {
		return Delivered{}, fmt.Errorf("unpack a delivery: %w", err)
	}
	return newDelivered(d), nil
}

func packValue(v tensor.Dense) []byte {
	b := []byte{packedValue}
	b = binary.LittleEndian.AppendUint64(b, uint64(v.Dims()))
	for _, n := range v.Shape() {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	for _, x := range v.Data() {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

func unpackValue(b []byte) (*tensor.Dense, error) {
	if len(b)%8 != 0 || len(b) < 8 {
		return nil, fmt.Errorf("got %d bytes of values, want a multiple of 8", len(b))
	}
	words := make([]uint64, len(b)/8)
	for i := range words {
		words[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	dims, words := words[0], words[1:]
	if dims < 1 || dims > maxValueDims || dims > uint64(len(words)) {
		return nil, fmt.Errorf("got values of %d dimensions, want 1 to %d", dims, maxValueDims)
	}
	shape, n := make([]int, dims), uint64(1)
	for i, v := range words[:dims] {
		if v > uint64(len(words)) || n*v > uint64(len(words)) {
			return nil, fmt.Errorf("got a shape of more than the %d values", len(words))
		}
		shape[i], n = int(v), n*v
	}
	words = words[dims:]
	if n != uint64(len(words)) {
		return nil, fmt.Errorf("got %d values, want %d for shape %s", len(words), n, tensor.ShapeString(shape))
	}
	data := make([]float64, len(words))
	for i, w := range words {
		data[i] = math.Float64frombits(w)
	}
	v := tensor.NewDense(data, shape...)
	return &v, nil
}
