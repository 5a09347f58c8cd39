//go:build !purego

package prg

import (
	"math/bits"
	"unsafe"

	"github.com/klauspost/cpuid/v2"
)

//go:generate go run -C _asm . -out ../ctr_amd64.s -stubs ../ctr_stub_amd64.go -pkg prg

// bestLevel is the fastest that this machine has: every level needs what the ones
// before it need. AVX2 and AVX512F are not reported unless the operating system
// keeps their registers; VAES is, so it tells nothing alone.
func bestLevel() level {
	has := cpuid.CPU.Supports
	switch {
	case !has(cpuid.AESNI, cpuid.SSE4): // SSE 4.1
		return generic
	case !has(cpuid.VAES, cpuid.AVX2):
		return aesni
	case !has(cpuid.AVX512F, cpuid.AVX512BW, cpuid.BMI2):
		return vaes256
	}
	return vaes512
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
	case vaes512:
		ctrVAES512(unsafe.SliceData(dst), len(dst), &c.keys, iv0, iv1)
	case vaes256:
		ctrVAES256(unsafe.SliceData(dst), len(dst), &c.keys, iv0, iv1)
	case aesni:
		ctrAESNI(unsafe.SliceData(dst), len(dst), &c.keys, iv0, iv1)
	default:
		c.library.fill(dst, n, first)
	}
}
