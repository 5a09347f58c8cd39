package prg

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFillAllocatesNothing(t *testing.T) {
	if debugging {
		t.Skip("this build remembers every name")
	}
	levels(t, func(t *testing.T, l level) {
		for _, words := range []int{1, 2, 8, 64, 511, 512, 1 << 16} {
			if l == generic && 8*words >= streamFrom {
				continue // documented
			}
			t.Run(fmt.Sprint(words), func(t *testing.T) {
				c, err := newCipher([keySize]byte{}, l)
				require.NoError(t, err)
				s, dst, n := stream{seal(&state{cipher: c})}, make([]uint64, words), Name{}
				require.Zero(t, testing.AllocsPerRun(100, func() {
					s.Fill(dst, n)
					n.Seq++
				}))
			})
		}
	})
}
