package prg

import (
	"crypto/aes"
	"fmt"
)

const (
	keySize   = 16 // AES-128
	blockSize = aes.BlockSize
)

// maxWords is what the 32-bit block counter can number: 2^32 blocks of two.
const maxWords = 2 << 32

// stream is the part common to the keys of all roles.
type stream struct{ secret[state] }

// state is a key ready for use.
type state struct {
	cipher
	used usedNames
}

func newStream(key [keySize]byte, l level) (stream, error) {
	c, err := newCipher(key, l)
	if err != nil {
		return stream{}, err
	}
	return stream{seal(&state{cipher: c})}, nil
}

// Fill sets dst to the words of draw n. It may be called from several
// goroutines at once. Of two draws with one name the shorter is the beginning of
// the longer. A draw of more than 2^33 words panics.
//
// It allocates nothing, except in a purego build and on processors other than
// amd64 with AES-NI: there a draw of 4 KiB or more allocates half a kilobyte
// inside the standard library.
func (s stream) Fill(dst []uint64, n Name) {
	checkWords(uint64(len(dst)))
	st := s.open()
	st.used.add(n)
	st.fill(dst, n, 0)
}

func checkWords(n uint64) {
	if n > maxWords {
		panic(fmt.Sprintf("prg: draw of %d words, want at most %d", n, uint64(maxWords)))
	}
}
