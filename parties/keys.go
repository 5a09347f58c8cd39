package parties

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/prg"
	"github.com/trefoil-ml/trefoil/internal/transport"
)

// keyLane is where pair keys travel. The lanes of the engine are hashes; this one
// is never among them.
const keyLane = 0

// AgreeKeys gives this server its keys for a session whose links are encrypted
// and authenticated: each server draws the key that it shares with the one
// before it and sends it there. The session's id must be fresh.
//
// Cost: 1 round, 32 bytes sent per server, which no cost report counts.
func AgreeKeys(conn transport.Conn, session [32]byte) (prg.Keys, error) {
	prev, err := prg.NewPairKey(rand.Reader)
	if err != nil {
		return prg.Keys{}, err
	}
	own, err := prg.NewPairKey(rand.Reader)
	if err != nil {
		return prg.Keys{}, err
	}
	next, err := exchangeKeys(conn, prev)
	if err != nil {
		return prg.Keys{}, fmt.Errorf("agree on keys: %w", err)
	}
	return prg.Derive(session, conn.Server(), prev, next, own)
}

// exchangeKeys sends a key to the server before this one and returns that of
// the server after it.
func exchangeKeys(conn transport.Conn, prev prg.PairKey) (next prg.PairKey, err error) {
	words := conn.Get(prg.PairKeySize / 8)
	bytes := prev.ExportToPeer()
	for i := range words {
		words[i] = binary.LittleEndian.Uint64(bytes[8*i:])
	}
	before, after := (conn.Server()+2)%transport.Servers, (conn.Server()+1)%transport.Servers
	if err := conn.Send(before, transport.Tag{Lane: keyLane}, words); err != nil {
		return next, err
	}
	words, _, err = conn.Recv(after, keyLane, 0)
	if err != nil {
		return next, err
	}
	defer conn.Put(words)
	defer clear(words)
	var got []byte
	for _, w := range words {
		got = binary.LittleEndian.AppendUint64(got, w)
	}
	next, err = prg.PairKeyFrom(got)
	if err != nil {
		return next, &transport.PeerError{Server: after, Cause: fmt.Errorf("sent a %w", err)}
	}
	return next, nil
}
