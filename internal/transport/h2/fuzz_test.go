package h2

import (
	"runtime/metrics"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzAccept has a client say anything.
func FuzzAccept(f *testing.F) { fuzz(f, false) }

// FuzzOpen has a server say anything.
func FuzzOpen(f *testing.F) { fuzz(f, true) }

// fuzz has a peer say anything and close. It must come to an end, with an error, and
// without more memory than what may be said in one frame and some for each byte.
func fuzz(f *testing.F, client bool) {
	for _, said := range seeds(client) {
		f.Add(said)
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		before := allocated()
		_, err := play(client, said)
		require.Error(t, err)
		require.Less(t, allocated()-before, uint64(4<<20+100*len(said)))
	})
}

// seeds are what peers say in the other tests.
func seeds(client bool) (out [][]byte) {
	say := func(f func(*peer)) {
		p := newPeer(!client)
		f(p)
		out = append(out, p.said.Bytes())
	}
	say(func(p *peer) { p.call(); oneMore(p); p.end() })
	say(func(p *peer) { p.open(); p.data(0) })
	say(flood("a", "b"))
	for _, c := range violations {
		say(func(p *peer) { p.call(); c.say(p); oneMore(p) })
	}
	for _, cases := range []map[string]endCase{eitherEnds, clientEnds, serverEnds} {
		for _, c := range cases {
			say(func(p *peer) { p.call(); c.say(p) })
		}
	}
	return out
}

// allocated is how many bytes were allocated so far.
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
