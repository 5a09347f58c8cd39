package prg

import (
	"crypto/aes"
	stdcipher "crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// levels runs f at every level of this machine and build.
func levels(t *testing.T, f func(t *testing.T, l level)) {
	for l := generic; l <= bestLevel(); l++ {
		t.Run(l.String(), func(t *testing.T) { f(t, l) })
	}
}

func unhex(t require.TestingT, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

// TestNIST is CTR-AES128.Encrypt of NIST SP 800-38A, F.5.1.
func TestNIST(t *testing.T) {
	const (
		key   = "2b7e151628aed2a6abf7158809cf4f3c"
		plain = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
			"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
		want = "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff" +
			"5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"
	)
	start := Name{Lane: 0xf0f1f2f3f4f5f6f7, Seq: 0xf8f9fafb} // and block fcfdfeff
	levels(t, func(t *testing.T, l level) {
		c := mustCipher(t, key, l)
		dst := make([]uint64, 8)
		c.fill(dst, start, 0xfcfdfeff)
		got := bytesOf(dst)
		for i, p := range unhex(t, plain) {
			got[i] ^= p
		}
		require.Equal(t, want, hex.EncodeToString(got))
	})
}

// TestRFC3686 is the keystream of test vectors 1 to 3 of RFC 3686, section 6.
// They begin at block 1, so it is a draw less its first block.
func TestRFC3686(t *testing.T) {
	for _, v := range []struct {
		key, stream string
		name        Name
	}{
		{"ae6852f8121067cc4bf7a5765577f39e", "b7603328dbc2931b410e16c8067e62df", Name{0x30_00000000, 0}},
		{
			"7e24067817fae0d743d6ce1f32539163",
			"5105a305128f74de71044be582d7dd87fb3f0cef52cf41dfe4ff2ac48d5ca037",
			Name{0x006cb6db_c0543b59, 0xda48d90b},
		},
		{
			"7691be035e5020a8ac6e618529f9a0dc",
			"c1ce4aab9b2afbdec74f58e2e3d67cd85551b638ca786e21cd8346f1b2ee0e4c",
			Name{0x00e0017b_27777f3f, 0x4a1786f0},
		},
	} {
		levels(t, func(t *testing.T, l level) {
			c := mustCipher(t, v.key, l)
			dst := make([]uint64, 2+len(v.stream)/16)
			c.fill(dst, v.name, 0)
			require.Equal(t, v.stream, hex.EncodeToString(bytesOf(dst[2:])))
		})
	}
}

func mustCipher(t *testing.T, key string, l level) cipher {
	c, err := newCipher([keySize]byte(unhex(t, key)), l)
	require.NoError(t, err)
	return c
}

func bytesOf(words []uint64) []byte {
	var b []byte
	for _, w := range words {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

// oracle is the definition of the package comment, by the standard library.
func oracle(t require.TestingT, key [keySize]byte, n Name, words int) []uint64 {
	return oracleFrom(t, key, n, 0, words)
}

// oracleFrom is oracle from block first on.
func oracleFrom(t require.TestingT, key [keySize]byte, n Name, first uint32, words int) []uint64 {
	block, err := aes.NewCipher(key[:])
	require.NoError(t, err)
	iv := binary.BigEndian.AppendUint64(nil, n.Lane)
	iv = binary.BigEndian.AppendUint32(iv, n.Seq)
	iv = binary.BigEndian.AppendUint32(iv, first)
	b := make([]byte, 8*words)
	stdcipher.NewCTR(block, iv).XORKeyStream(b, b)
	out := make([]uint64, words)
	for i := range out {
		out[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return out
}

const guard = 0x5afe5afe5afe5afe

// guarded returns n words between guard words, at the given offset from them.
func guarded(n, offset int) (all, dst []uint64) {
	all = make([]uint64, offset+n+16)
	for i := range all {
		all[i] = guard
	}
	return all, all[offset : offset+n]
}

func requireGuards(t require.TestingT, all []uint64, n, offset int) {
	for i, w := range all {
		if (i < offset || i >= offset+n) && w != guard {
			require.Failf(t, "overwrite", "%d words at %d: word %d written", n, offset, i)
		}
	}
}

func TestFillMatchesStandardLibrary(t *testing.T) {
	levels(t, func(t *testing.T, l level) {
		key := [keySize]byte(unhex(t, "2b7e151628aed2a6abf7158809cf4f3c"))
		c, err := newCipher(key, l)
		require.NoError(t, err)
		n := Name{Lane: 0xf0f1f2f3f4f5f6f7, Seq: 0xf8f9fafb}
		for words := range 700 {
			all, dst := guarded(words, 1+words%8)
			c.fill(dst, n, 0)
			require.Equal(t, oracle(t, key, n, words), dst, "%d words", words)
			requireGuards(t, all, words, 1+words%8)
		}
	})
}

// TestLongFill passes the points where the count carries from byte to byte.
func TestLongFill(t *testing.T) {
	levels(t, func(t *testing.T, l level) {
		c, err := newCipher([keySize]byte{9}, l)
		require.NoError(t, err)
		const words = 2*65536 + 2*300 + 1
		dst := make([]uint64, words)
		c.fill(dst, Name{Lane: 1, Seq: 2}, 0)
		require.True(t, slices.Equal(oracle(t, [keySize]byte{9}, Name{Lane: 1, Seq: 2}, words), dst))
	})
}

// TestCountCarries begins before the counts at which a byte carries to the next
// one, by so much that every place in a vector is met.
func TestCountCarries(t *testing.T) {
	levels(t, func(t *testing.T, l level) {
		key, n := [keySize]byte{8}, Name{Lane: 3, Seq: 4}
		c, err := newCipher(key, l)
		require.NoError(t, err)
		for _, carry := range []uint32{1 << 8, 1 << 16, 1 << 24, 1 << 31} {
			for before := range uint32(40) {
				var dst [101]uint64
				c.fill(dst[:], n, carry-before)
				require.Equal(t, oracleFrom(t, key, n, carry-before, len(dst)), dst[:], "%d before %#x", before, carry)
			}
		}
	})
}

func TestFillProperty(t *testing.T) {
	levels(t, func(t *testing.T, l level) {
		rapid.Check(t, func(t *rapid.T) {
			key := [keySize]byte(rapid.SliceOfN(rapid.Byte(), keySize, keySize).Draw(t, "key"))
			n := Name{rapid.Uint64().Draw(t, "lane"), rapid.Uint32().Draw(t, "seq")}
			words, offset := rapid.IntRange(0, 2000).Draw(t, "words"), rapid.IntRange(0, 8).Draw(t, "offset")
			c, err := newCipher(key, l)
			require.NoError(t, err)
			all, dst := guarded(words, offset)
			c.fill(dst, n, 0)
			require.Equal(t, oracle(t, key, n, words), dst)
			requireGuards(t, all, words, offset)
		})
	})
}

func TestLevelBeyondMachine(t *testing.T) {
	best := bestLevel()
	for l := best + 1; l <= vaes512; l++ {
		_, err := newCipher([keySize]byte{}, l)
		require.EqualError(t, err, fmt.Sprintf(
			"prg level %v, want at most %v: this machine or build has no more", l, best))
	}
}
