package prg

import (
	"crypto/aes"
	stdcipher "crypto/cipher"
	"encoding/binary"
	"math/bits"
	"sync"
	"unsafe"
)

// streamFrom is the length in bytes from which the standard library's CTR
// stream, which costs an allocation of about half a kilobyte, is used instead of
// single blocks.
const streamFrom = 4 << 10

// library is AES-CTR by the standard library.
type library struct{ block stdcipher.Block }

func newLibrary(key [keySize]byte) (library, error) {
	block, err := aes.NewCipher(key[:])
	return library{block}, err
}

// fill sets dst to the keystream of n from block first on.
func (l library) fill(dst []uint64, n Name, first uint32) {
	b := asBytes(dst)
	if len(b) >= streamFrom {
		l.fillStream(b, n, first)
	} else {
		l.fillBlocks(b, n, first)
	}
	fromLittleEndian(dst)
}

func (l library) fillStream(b []byte, n Name, first uint32) {
	var iv [blockSize]byte
	putCounter(iv[:], n, first)
	clear(b)
	stdcipher.NewCTR(l.block, iv[:]).XORKeyStream(b, b)
}

var tails = sync.Pool{New: func() any { return new([blockSize]byte) }}

// fillBlocks encrypts counter blocks in place: a separate one, passed through
// the cipher.Block interface, would be allocated.
func (l library) fillBlocks(b []byte, n Name, counter uint32) {
	for ; len(b) >= blockSize; b = b[blockSize:] {
		putCounter(b[:blockSize], n, counter)
		l.block.Encrypt(b[:blockSize], b[:blockSize])
		counter++
	}
	if len(b) > 0 {
		tail := tails.Get().(*[blockSize]byte)
		putCounter(tail[:], n, counter)
		l.block.Encrypt(tail[:], tail[:])
		copy(b, tail[:])
		tails.Put(tail)
	}
}

func putCounter(b []byte, n Name, counter uint32) {
	binary.BigEndian.PutUint64(b, n.Lane)
	binary.BigEndian.PutUint32(b[8:], n.Seq)
	binary.BigEndian.PutUint32(b[12:], counter)
}

// asBytes is the memory of words.
func asBytes(words []uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), 8*len(words))
}

// fromLittleEndian turns words read from memory as little-endian into numbers.
func fromLittleEndian(words []uint64) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		return
	}
	for i, w := range words {
		words[i] = bits.ReverseBytes64(w)
	}
}
