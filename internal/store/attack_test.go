package store

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// The tests of this file are what an owner, somebody on the way, or somebody with
// the disk can do to a part that is sealed and uploaded. Server 1 is the server.

const attacked = 1

// secret is a word of which an owner's vector is made.
const secret = 0x9f4d3c2b1a09f8e7

// about is what a part is sealed for.
func about(id ID, it Item, server int) []byte {
	return fmt.Appendf(nil, "%s %q %q %d", id, it.What, it.Owner, server)
}

// scene is a server with a job.
type scene struct {
	t   *testing.T
	s   *Store
	key identity.Key
	id  ID
}

func newScene(t *testing.T, opt Options) *scene {
	s := temp(t, opt)
	return &scene{t, s, identity.Generate(), addJob(t, s, "job")}
}

// seal returns a sealed part of n elements for what is said.
func (c *scene) seal(id ID, it Item, server, n int) (sealed, packed []byte) {
	x := make([]uint64, n)
	for i := range x {
		x[i] = secret
	}
	parts, err := mpc.Split(x, rand.Reader)
	require.NoError(c.t, err)
	packed, err = mpc.PackPart(parts[server])
	require.NoError(c.t, err)
	sealed, err = c.key.SealKey().Seal(about(id, it, server), packed)
	require.NoError(c.t, err)
	return sealed, packed
}

// open is what a server does with a part when a phase begins.
func (c *scene) open(it Item, n int) error {
	r, err := c.s.OpenUpload(c.t.Context(), c.id, it)
	if err != nil {
		return err
	}
	size, err := identity.OpenedSize(r.Size())
	if err != nil {
		return err
	}
	in, err := c.key.NewReader(r, about(c.id, it, attacked))
	if err != nil {
		return err
	}
	part, err := mpc.ReadPart(in, size)
	if err != nil {
		return err
	}
	return part.Fits(attacked, n)
}

func (c *scene) send(it Item, sealed []byte) error {
	_, err := send(c.t.Context(), c.s, c.id, it, sealed, MaxChunk)
	return err
}

func TestHonestPart(t *testing.T) {
	for _, n := range []int{1, 5000, 300_000} {
		c := newScene(t, Options{})
		sealed, _ := c.seal(c.id, features("a"), attacked, n)
		require.NoError(t, c.send(features("a"), sealed))
		reopen(t, c.s)
		require.NoError(t, c.open(features("a"), n))
	}
}

// The first complete part counts; another one does not replace it, nor does it
// harm it.
func TestAttackTwice(t *testing.T) {
	c := newScene(t, Options{})
	first, _ := c.seal(c.id, features("a"), attacked, 10)
	again, _ := c.seal(c.id, features("a"), attacked, 10)
	require.NoError(t, c.send(features("a"), first))
	require.ErrorIs(t, c.send(features("a"), again), ErrConflict)
	require.ErrorIs(t, c.send(features("a"), again[:100]), ErrConflict)
	_, err := c.s.AppendUpload(t.Context(), c.id, features("a"), int64(len(first)), again)
	require.ErrorIs(t, err, ErrInvalid)
	require.True(t, bytes.Equal(first, read(t, c.s, c.id, features("a"))))
	require.NoError(t, c.open(features("a"), 10))
}

func TestAttackTooMuch(t *testing.T) {
	c := newScene(t, Options{MaxJobBytes: 100_000})
	sealed, _ := c.seal(c.id, features("a"), attacked, 10_000)
	_, err := c.s.BeginUpload(t.Context(), c.id, features("a"), int64(len(sealed)), sum(sealed))
	require.NoError(t, err)
	_, err = c.s.AppendUpload(t.Context(), c.id, features("a"), 0, append(bytes.Clone(sealed), 0))
	require.ErrorContains(t, err, "were announced")
	_, err = c.s.BeginUpload(t.Context(), c.id, features("b"), int64(len(sealed)), sum(sealed))
	var quota *QuotaError
	require.ErrorAs(t, err, &quota)
	require.NoError(t, c.send(features("a"), sealed), "others are not harmed")

	few := newScene(t, Options{})
	sealed, _ = few.seal(few.id, features("a"), attacked, 11)
	require.NoError(t, few.send(features("a"), sealed))
	require.EqualError(t, few.open(features("a"), 10), "mpc: got a part of 11 elements, want 10")
}

// A part that was sealed for something else is stored, since nobody can look
// into it, but does not open.
func TestAttackOtherPlace(t *testing.T) {
	c := newScene(t, Options{})
	right := features("a")
	for name, made := range map[string]func() []byte{
		"another job":    func() []byte { b, _ := c.seal(ID{1}, right, attacked, 10); return b },
		"another owner":  func() []byte { b, _ := c.seal(c.id, features("b"), attacked, 10); return b },
		"another item":   func() []byte { b, _ := c.seal(c.id, Item{"targets", "a"}, attacked, 10); return b },
		"another server": func() []byte { b, _ := c.seal(c.id, right, 2, 10); return b },
		"another key": func() []byte {
			other := &scene{t, c.s, identity.Generate(), c.id}
			b, _ := other.seal(c.id, right, attacked, 10)
			return b
		},
		"no seal": func() []byte { _, packed := c.seal(c.id, right, attacked, 500); return packed },
	} {
		it := Item{"features", name}
		if name != "no seal" {
			it = right
		}
		require.NoError(t, c.send(it, made()))
		require.ErrorIs(t, c.open(it, 10), identity.ErrSealed, name)
		require.NoError(t, c.s.DiscardUpload(t.Context(), c.id, "train", it))
	}
}

// A part for this server in a seal for this server that was packed for another.
func TestAttackOtherServersPart(t *testing.T) {
	c := newScene(t, Options{})
	_, packed := c.seal(c.id, features("a"), 2, 10)
	sealed, err := c.key.SealKey().Seal(about(c.id, features("a"), attacked), packed)
	require.NoError(t, err)
	require.NoError(t, c.send(features("a"), sealed))
	require.EqualError(t, c.open(features("a"), 10), "mpc: got a part for server 2, want one for server 1")
}

// Bits that flip on the way are found when the last chunk comes in, and the
// upload begins again.
func TestAttackFlippedOnTheWay(t *testing.T) {
	c := newScene(t, Options{})
	sealed, _ := c.seal(c.id, features("a"), attacked, 30_000)
	_, err := c.s.BeginUpload(t.Context(), c.id, features("a"), int64(len(sealed)), sum(sealed))
	require.NoError(t, err)
	bad := bytes.Clone(sealed)
	bad[len(bad)/2] ^= 4
	_, err = c.s.AppendUpload(t.Context(), c.id, features("a"), 0, bad[:MinChunk])
	require.NoError(t, err)
	u, err := c.s.AppendUpload(t.Context(), c.id, features("a"), MinChunk, bad[MinChunk:])
	var digest *DigestError
	require.ErrorAs(t, err, &digest)
	require.Equal(t, DigestError{Got: sum(bad), Want: sum(sealed)}, *digest)
	require.Zero(t, u.Offset)
	requireConsistent(t, c.s)
	_, err = c.s.FinishUpload(t.Context(), c.id, features("a"), []byte("r"))
	require.ErrorIs(t, err, ErrState)
	require.NoError(t, c.send(features("a"), sealed))
	require.NoError(t, c.open(features("a"), 30_000))
}

// An owner that announces altered or cut bytes gets a receipt for those; they do
// not open.
func TestAttackAlteredBeforeTheWay(t *testing.T) {
	c := newScene(t, Options{})
	sealed, _ := c.seal(c.id, features("a"), attacked, 30_000)
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)/2] ^= 4
	for i, bad := range [][]byte{flipped, sealed[:len(sealed)-1], sealed[:len(sealed)/2], sealed[:1], append(sealed, sealed...)} {
		it := features(fmt.Sprint(i))
		require.NoError(t, c.send(it, bad))
		require.ErrorIs(t, c.open(it, 30_000), identity.ErrSealed)
	}
}

// Somebody with the disk changes, exchanges or removes chunks of it.
func TestAttackOnTheDisk(t *testing.T) {
	const n = 400_000
	for name, tamper := range map[string]func(first, second []byte) (a, b []byte){
		"flip": func(first, second []byte) ([]byte, []byte) {
			first[len(first)/2] ^= 1
			return first, second
		},
		"exchange": func(first, second []byte) ([]byte, []byte) {
			return append(bytes.Clone(second), first[len(second):]...), first[:len(second)]
		},
		"remove": func(first, _ []byte) ([]byte, []byte) { return first, nil },
		"cut":    func(first, second []byte) ([]byte, []byte) { return first, second[:100] },
		"longer": func(first, second []byte) ([]byte, []byte) { return append(first, make([]byte, 8*n)...), second },
	} {
		t.Run(name, func(t *testing.T) {
			c := newScene(t, Options{})
			sealed, _ := c.seal(c.id, features("a"), attacked, n)
			require.NoError(t, c.send(features("a"), sealed))
			c.tamper(tamper)
			err := c.open(features("a"), n)
			if name == "flip" || name == "exchange" {
				require.ErrorIs(t, err, identity.ErrSealed)
				return
			}
			require.ErrorIs(t, err, ErrNotFound)
			require.ErrorContains(t, err, "removed while they were read, or damaged")
		})
	}
}

// tamper writes other bytes into the two chunks of the first blob.
func (c *scene) tamper(f func(first, second []byte) (a, b []byte)) {
	require.NoError(c.t, c.s.db.Update(func(tx *bolt.Tx) error {
		j, err := c.s.job(tx, c.id)
		require.NoError(c.t, err)
		first, second := f(bytes.Clone(j.chunk(1, 0)), bytes.Clone(j.chunk(1, MaxChunk)))
		require.NoError(c.t, j.putChunk(1, 0, first))
		return j.putChunk(1, MaxChunk, second)
	}))
}

// What lies on the disk tells nothing of the numbers: neither the owner's words
// nor those of a share are in the file.
func TestNothingReadableOnTheDisk(t *testing.T) {
	c := newScene(t, Options{})
	sealed, packed := c.seal(c.id, features("a"), attacked, 10_000)
	require.NoError(t, c.send(features("a"), sealed))
	require.NoError(t, c.s.Close())
	file, err := os.ReadFile(c.s.path)
	require.NoError(t, err)
	require.True(t, bytes.Contains(file, sealed[:4096]), "it looks in the right place")
	require.NotContains(t, string(file), string(binary.LittleEndian.AppendUint64(nil, secret)))
	for at := 0; at+16 <= len(packed); at += 1024 {
		require.False(t, bytes.Contains(file, packed[at:at+16]))
	}
	reopen(t, c.s)
}

// A receipt is a server's word for exactly these bytes in this place.
func TestAttackReceipts(t *testing.T) {
	c := newScene(t, Options{})
	sealed, _ := c.seal(c.id, features("a"), attacked, 10)
	text := func(id ID, it Item, digest ID, n int) []byte {
		return fmt.Appendf(about(id, it, attacked), " %s %d", digest, n)
	}
	receipt := c.key.Sign("trefoil receipt test", text(c.id, features("a"), sum(sealed), len(sealed)))
	u, err := c.s.BeginUpload(t.Context(), c.id, features("a"), int64(len(sealed)), sum(sealed))
	require.NoError(t, err)
	_, err = c.s.FinishUpload(t.Context(), c.id, features("a"), receipt)
	require.ErrorIs(t, err, ErrState, "no receipt for what is not there")
	_, err = c.s.AppendUpload(t.Context(), c.id, features("a"), u.Offset, sealed)
	require.NoError(t, err)
	u, err = c.s.FinishUpload(t.Context(), c.id, features("a"), receipt)
	require.NoError(t, err)
	verify := func(message []byte) error {
		return identity.Verify(c.key.Public(), "trefoil receipt test", message, u.Receipt)
	}
	require.NoError(t, verify(text(c.id, u.Item, u.Digest, int(u.Length))))
	require.Error(t, verify(text(ID{1}, u.Item, u.Digest, int(u.Length))))
	require.Error(t, verify(text(c.id, features("b"), u.Digest, int(u.Length))))
	require.Error(t, verify(text(c.id, u.Item, ID{1}, int(u.Length))))
	require.Error(t, verify(text(c.id, u.Item, u.Digest, int(u.Length)-1)))
}

// A sealed part opens in bounded memory whatever its length is said to be: the
// lengths of seal, store and part must agree before anything is allocated.
func TestAttackLengths(t *testing.T) {
	c := newScene(t, Options{})
	packed := make([]byte, 16)
	copy(packed, "TRFP\x01\x01\x00\x00")
	binary.LittleEndian.PutUint64(packed[8:], 1<<40)
	sealed, err := c.key.SealKey().Seal(about(c.id, features("a"), attacked), packed)
	require.NoError(t, err)
	require.NoError(t, c.send(features("a"), sealed))
	require.EqualError(t, c.open(features("a"), 10), "mpc: packed part: server 1, 1099511627776 elements: 16 bytes, want 8796093022240")
	r, err := c.s.OpenUpload(t.Context(), c.id, features("a"))
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, r)
	require.NoError(t, err)
}
