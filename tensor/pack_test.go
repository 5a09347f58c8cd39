package tensor_test

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// packAll returns the packed deliveries of three servers.
func packAll(t *testing.T, from [3]tensor.Delivery) (out [3][]byte) {
	t.Helper()
	for i, d := range from {
		var err error
		out[i], err = tensor.PackDelivery(d)
		require.NoError(t, err)
	}
	return out
}

// An owner rebuilds from bytes what it rebuilds from deliveries.
func TestPackDelivery(t *testing.T) {
	x := numbers(1)
	var from []tensor.Delivery
	for _, b := range packAll(t, deliver(t, matrixOf(x, f+1))) {
		d, err := tensor.UnpackDelivery(b)
		require.NoError(t, err)
		from = append(from, d)
	}
	got, err := tensor.CombineDeliveries(from)
	require.NoError(t, err)
	require.Equal(t, x, got)
}

// TestPackedDeliveryGolden fixes the header: scale 3, a 1×2 matrix.
func TestPackedDeliveryGolden(t *testing.T) {
	b := packAll(t, deliver(t, matrixOf(tensor.NewDense([]float64{1, 2}, 1, 2), 3)))[1]
	require.Equal(t, "5452465401030200"+"0100000000000000"+"0200000000000000"+"5452464401010000"+"0200000000000000",
		hex.EncodeToString(b[:40]))
	require.Len(t, b, 40+32)
}

func TestPackDeliveryRefusesCleartext(t *testing.T) {
	_, err := tensor.PackDelivery(tensor.Delivery{})
	require.ErrorContains(t, err, "empty delivery")
	tensortest.Clear(t, tensortest.Options{}, func(s *tensor.Session, _ []tensor.Secret) ([]tensor.Secret, error) {
		_, err := tensor.PackDelivery(s.Deliver(s.Zeros(f, 2), tensortest.OwnerPermit()))
		require.ErrorContains(t, err, "cleartext")
		return nil, nil
	})
}

func TestUnpackDeliveryRefuses(t *testing.T) {
	b := packAll(t, deliver(t, matrixOf(tensor.NewDense([]float64{1, 2}, 1, 2), 3)))[0]
	with := func(at int, v ...byte) []byte { return slices.Replace(slices.Clone(b), at, at+len(v), v...) }
	size := func(v uint64) []byte { return binary.LittleEndian.AppendUint64(nil, v) }
	for _, c := range []struct {
		in   []byte
		want string
	}{
		{nil, "cut short"},
		{b[:7], "cut short"},
		{b[:23], "cut short"},
		{b[:24], "cut short"},
		{b[:len(b)-1], "47 bytes, want 48"},
		{append(slices.Clone(b), 0), "want 48"},
		{with(0, 'X'), `want "TRFT" and version 1`},
		{with(4, 2), `want "TRFT" and version 1`},
		{with(7, 1), `want "TRFT" and version 1`},
		{with(5, 64), "got scale 64 and 2 dimensions"},
		{with(6, 0), "and 0 dimensions"},
		{with(6, 5), "and 5 dimensions"},
		{with(8, 2), "got 2 elements, want 2×2"},
		{with(8, size(1<<63)...), "got dimension 0 of 9223372036854775808"},
		{slices.Concat(b[:8], size(1<<40), size(1<<40), b[24:]), "got 2 elements, want 1099511627776×1099511627776"},
	} {
		_, err := tensor.UnpackDelivery(c.in)
		require.ErrorContains(t, err, "tensor: packed delivery: ")
		require.ErrorContains(t, err, c.want)
	}
}

// TestCombineRefusesOtherShapes has a server that claims another shape or scale
// for the same words.
func TestCombineRefusesOtherShapes(t *testing.T) {
	good := packAll(t, deliver(t, matrixOf(tensor.NewDense([]float64{1, 2}, 1, 2), 3)))
	for at, v := range map[int]byte{5: 4, 8: 2} {
		bad := slices.Clone(good[2])
		bad[at] = v
		if at == 8 {
			bad[16] = 1
		}
		var from []tensor.Delivery
		for _, b := range [][]byte{good[0], good[1], bad} {
			d, err := tensor.UnpackDelivery(b)
			require.NoError(t, err)
			from = append(from, d)
		}
		_, err := tensor.CombineDeliveries(from)
		require.ErrorContains(t, err, "server 2 delivered")
		require.ErrorContains(t, err, "want the same")
	}
}

// Bytes that unpack are the only ones for what they hold.
func FuzzUnpackDelivery(f *testing.F) {
	seed, err := hex.DecodeString("5452465401030200" + "0100000000000000" + "0100000000000000" + "5452464401000000" + "0100000000000000" + "00000000000000000000000000000000")
	require.NoError(f, err)
	f.Add(seed)
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := tensor.UnpackDelivery(b)
		if err != nil {
			return
		}
		again, err := tensor.PackDelivery(d)
		require.NoError(t, err)
		require.Equal(t, b, again)
	})
}
