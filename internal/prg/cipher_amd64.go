//go:build !purego

package prg

import (
	"math/bits"
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:generate go run -C _asm . -out ../ctr_amd64.s -stubs ../ctr_stub_amd64.go -pkg prg

// bestLevel is the fastest that this machine has.
func bestLevel() level {
	x := &cpu.X86
	switch {
	case x.HasAVX512VAES && x.HasAVX512F && x.HasAVX512BW && x.HasBMI2 && x.HasAES && x.HasSSE41:
		return vaes
	case x.HasAES && x.HasSSE41:
		return aesni
	}
	return generic
}

// cipher is a key at one level.
type cipher struct {
	level   level
	library library   // at level generic
	keys    [176]byte // round keys at the others
}

func newCipher(key [keySize]byte, l level) (cipher, error) {
	c := cipher{level: l}
	if best := bestLevel(); l > best {
		return c, &levelError{l, best}
	}
	if l == generic {
		var err error
		c.library, err = newLibrary(key)
		return c, err
	}
	expandKey(&c.keys, &key)
	return c, nil
}

// fill sets dst to the keystream of n from block first on.
func (c *cipher) fill(dst []uint64, n Name, first uint32) {
	iv0 := bits.ReverseBytes64(n.Lane)
	iv1 := uint64(bits.ReverseBytes32(n.Seq)) | uint64(first)<<32
	switch c.level {
	case vaes:
		ctrVAES(unsafe.SliceData(dst), len(dst), &c.keys, iv0, iv1)
	case aesni:
		ctrAESNI(unsafe.SliceData(dst), len(dst), &c.keys, iv0, iv1)
	default:
		c.library.fill(dst, n, first)
	}
}
