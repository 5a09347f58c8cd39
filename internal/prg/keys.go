package prg

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// PairKeySize is the length of a pair key in bytes.
const PairKeySize = 32

// PairKey is a long-lived secret of two servers (or of one alone). It gives no
// words itself: Derive makes the keys of a session from it.
type PairKey struct {
	_ [0]func()
	secret[[PairKeySize]byte]
}

// NewPairKey reads a fresh key from rand, which should be crypto/rand.Reader.
func NewPairKey(rand io.Reader) (PairKey, error) {
	var k [PairKeySize]byte
	if _, err := io.ReadFull(rand, k[:]); err != nil {
		return PairKey{}, fmt.Errorf("read a new pair key: %w", err)
	}
	return PairKey{secret: seal(&k)}, nil
}

// PairKeyFrom takes the bytes that the peer's ExportToPeer gave.
func PairKeyFrom(b []byte) (PairKey, error) {
	if len(b) != PairKeySize {
		return PairKey{}, fmt.Errorf("pair key of %d bytes, want %d", len(b), PairKeySize)
	}
	k := [PairKeySize]byte(b)
	return PairKey{secret: seal(&k)}, nil
}

// ExportToPeer returns the key itself, to be sent to the one other server that
// may know it, over a link that is encrypted and authenticated. It is the only
// way out.
func (k PairKey) ExportToPeer() [PairKeySize]byte { return *k.open() }

// SessionID is SHA-256 over the hash of the agreed job and a fresh nonce of
// every server, in order of servers. A resumed run has new nonces, hence a new
// id and new keys: it never repeats keystream. The server whose nonce comes last
// can choose between ids, and so between public coins; against servers that
// deviate from the protocol, let them commit to their nonces first.
func SessionID(job [32]byte, nonces [3][32]byte) [32]byte {
	h := sha256.New()
	h.Write([]byte("trefoil session v1\x00"))
	h.Write(job[:])
	for _, n := range nonces {
		h.Write(n[:])
	}
	return [32]byte(h.Sum(nil))
}

// Derive returns the session keys of server (0, 1 or 2). prev is the key it has
// in common with the previous server and next the one with the next server;
// own is known to nobody else.
//
// Each session key is HKDF-SHA256 [RFC 5869] of its pair key with the session
// id as salt and the key's place in the ring as info, so it differs between
// sessions and between pairs even if a pair key does not. The public coin is
// derived from the session id alone.
//
// The keys use the instructions of the level of internal/ring that is in use, so
// TREFOIL_CPU holds for them too. All levels give the same words.
func Derive(session [32]byte, server int, prev, next, own PairKey) (Keys, error) {
	if err := ring.CheckLevel(); err != nil {
		return Keys{}, err
	}
	return deriver{session: session, level: levelOf(ring.CurrentLevel())}.keys(server, prev, next, own)
}

// deriver derives streams until one fails.
type deriver struct {
	session [32]byte
	level   level
	err     error
}

func (d deriver) keys(server int, prev, next, own PairKey) (Keys, error) {
	if server < 0 || server > 2 {
		return Keys{}, fmt.Errorf("keys of server %d, want 0, 1 or 2", server)
	}
	keys := Keys{
		Prev: Prev{stream: d.stream(prev.open()[:], "pair", server)},
		Next: Next{stream: d.stream(next.open()[:], "pair", (server+1)%3)},
		Own:  Own{stream: d.stream(own.open()[:], "own", server)},
		All:  All{stream: d.stream(d.session[:], "public coin", 0)},
	}
	return keys, d.err
}

func (d *deriver) stream(secret []byte, role string, index int) stream {
	info := fmt.Sprintf("trefoil prg v1 %s %d", role, index)
	key, err := hkdf.Key(sha256.New, secret, d.session[:], info, keySize)
	if err != nil {
		d.err = fmt.Errorf("derive the %s key: %w", role, err)
		return stream{}
	}
	s, err := newStream([keySize]byte(key), d.level)
	if err != nil {
		d.err = fmt.Errorf("derive the %s key: %w", role, err)
	}
	return s
}
