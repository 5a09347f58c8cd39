package grpcnet

import (
	"encoding/binary"
	"unsafe"
)

// littleEndian says whether words lie in memory as they do on the wire.
func littleEndian() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) == 1 }

// wordBytes is the memory of words.
func wordBytes(words []uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), 8*len(words))
}

// appendWords appends words as they go over the wire.
func appendWords(b []byte, words []uint64) []byte {
	if littleEndian() {
		return append(b, wordBytes(words)...)
	}
	for _, w := range words {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

// copySwapped reads words as they came over the wire, on any machine.
func copySwapped(dst []uint64, b []byte) {
	for i := range dst {
		dst[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
}
