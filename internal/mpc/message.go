package mpc

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
	"github.com/trefoil-ml/trefoil/internal/transport"
)

// class says what a message is, so that transcripts can be read and a later
// mode can prove each kind.
type class uint8

const (
	classProduct   class = iota // a masked summand of a product
	classAnd                    // a zero-masked bit plane of an AND
	classInput                  // a value known to one server, masked by a pair key
	classSelection              // a choice between two masked values
	classOpening                // a component of a rerandomised sharing
)

var classNames = [...]string{"product", "and", "input", "selection", "opening"}

func (c class) String() string { return classNames[c] }

// masked is a message that is uniform to its receiver. Only a masked is ever
// sent, so a plain share does not compile there; few functions make one (here,
// and in bitdot.go, leaf_round.go, leaf_table.go, narrow.go, planes.go, reveal.go,
// trunc.go, trunc_ot.go, trunc_two.go and wide.go), and each says which key hides it.
type masked struct{ words []uint64 }

// send sends m to server to and takes its words.
func (p *Party) send(to int, c class, m masked) {
	n := len(m.words)
	tag := transport.Tag{Lane: p.lane, Seq: p.sent[to], Depth: p.depth + 1}
	p.sent[to]++
	p.bytes[to].Add(int64(8 * n))
	p.noteDepth(tag.Depth)
	if p.opts.Trace != nil {
		p.opts.Trace.add(p, to, c, tag, m.words)
	}
	if err := p.net.Send(to, tag, m.words); err != nil {
		p.Fail(err)
	}
}

// recv returns the next message of server from on this lane, of n words. If it has
// another length, from is who ends the session.
func (p *Party) recv(from, n int) []uint64 {
	words, depth, err := p.net.Recv(from, p.lane, p.got[from])
	if err != nil {
		p.Fail(err)
	}
	if len(words) != n {
		p.Fail(&transport.PeerError{Server: from, Cause: fmt.Errorf("sent a message of %d words, want %d", len(words), n)})
	}
	p.got[from]++
	p.depth = max(p.depth, depth)
	return words
}

// maskZero returns z_i + F(k_i) − F(k_{i+1}): this server's summand under a
// sharing of zero, so that all three together still sum to z. Local.
//
// Source: [AFLNO16, §2.2].
func (p *Party) maskZero(z []uint64) masked {
	out, f := p.words(len(z)), p.words(len(z))
	p.fillPrev(out)
	p.fillNext(f)
	ring.SubAdd(out, out, f, z)
	p.free(f)
	return masked{out}
}

// hide returns v − pad for a pad that the receiver does not know. The caller
// states where pad comes from. Local.
func (p *Party) hide(v, pad []uint64) masked {
	out := p.words(len(v))
	ring.Sub(out, v, pad)
	return masked{out}
}

// hideBits returns v ^ pad for a pad that the receiver does not know. Local.
func (p *Party) hideBits(v, pad []uint64) masked {
	out := p.words(len(v))
	ring.Xor(out, v, pad)
	return masked{out}
}
