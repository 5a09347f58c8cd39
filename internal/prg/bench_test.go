package prg

import (
	"crypto/aes"
	stdcipher "crypto/cipher"
	"fmt"
	"testing"
)

var benchSizes = []int{64, 512, 4 << 10, 32 << 10, 64 << 10, 1 << 20}

// BenchmarkFill is Fill at every level that the machine has.
func BenchmarkFill(b *testing.B) {
	for l := generic; l <= bestLevel(); l++ {
		c, err := newCipher([keySize]byte{1}, l)
		if err != nil {
			b.Fatal(err)
		}
		for _, bytes := range benchSizes {
			b.Run(fmt.Sprintf("%v/%dB", l, bytes), func(b *testing.B) {
				dst := make([]uint64, bytes/8)
				b.SetBytes(int64(bytes))
				b.ReportAllocs()
				for n := (Name{}); b.Loop(); n.Lane++ {
					c.fill(dst, n, 0)
				}
			})
		}
	}
}

// BenchmarkStandard is the standard library's stream, made once and for each
// draw.
func BenchmarkStandard(b *testing.B) {
	block, err := aes.NewCipher(make([]byte, keySize))
	if err != nil {
		b.Fatal(err)
	}
	iv := make([]byte, blockSize)
	for _, bytes := range benchSizes {
		dst := make([]byte, bytes)
		b.Run(fmt.Sprintf("kept/%dB", bytes), func(b *testing.B) {
			b.SetBytes(int64(bytes))
			for s := stdcipher.NewCTR(block, iv); b.Loop(); {
				clear(dst)
				s.XORKeyStream(dst, dst)
			}
		})
		b.Run(fmt.Sprintf("each/%dB", bytes), func(b *testing.B) {
			b.SetBytes(int64(bytes))
			b.ReportAllocs()
			for b.Loop() {
				clear(dst)
				stdcipher.NewCTR(block, iv).XORKeyStream(dst, dst)
			}
		})
	}
}
