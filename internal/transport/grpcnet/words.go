package grpcnet

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// littleEndian says whether words lie in memory as they do on the wire.
func littleEndian() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) == 1 }

// wordBytes is the memory of words.
func wordBytes(words []uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), 8*len(words))
}

// flip turns words in memory between this machine's order and that of the wire.
func flip(words []uint64) {
	if !littleEndian() {
		reverse(words)
	}
}

func reverse(words []uint64) {
	for i, w := range words {
		words[i] = bits.ReverseBytes64(w)
	}
}
