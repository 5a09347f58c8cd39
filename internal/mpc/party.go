package mpc

import (
	"errors"
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/prg"
)

// Party is one server's side of a session: it runs the protocols. Every
// server calls the same methods in the same order with its own shares.
//
// A Party is one lane of its session. A lane is used by one goroutine;
// [Party.Par] opens more. Its messages and keystream draws are named by the
// lane and a sequence number, so that what different lanes do may overlap in
// any order.
type Party struct {
	*session
	lane  uint64
	path  string
	depth uint32 // longest chain of messages that this lane has received
	turn  int    // whose turn it is to be the pivot of an asymmetric protocol

	sent, got [3]uint32 // messages so far, by peer
	drawnPrev uint32    // keystream draws so far, by key
	drawnNext uint32
	pairs     []pair // working memory of carryOut, as is the next
	extra     []pair
	below     *lanes // of Par
}

// Server returns this server's number, 0, 1 or 2; the clear engine's is −1.
func (s *session) Server() int { return s.server }

func (p *Party) prev() int { return (p.server + 2) % 3 }
func (p *Party) next() int { return (p.server + 1) % 3 }

// role returns this server's number counted from the pivot: the servers P0, P1
// and P2 of the protocol texts, which hold (x_0,x_1), (x_1,x_2) and (x_2,x_0).
func (p *Party) role(pivot int) int { return (p.server - pivot + 3) % 3 }

// pivot returns the server that plays P0 in the next asymmetric protocol; the
// role goes round so that bytes and work stay even.
func (p *Party) pivot() int {
	v := p.turn
	p.turn = (v + 1) % 3
	return v
}

// words returns n words of working memory; give them back with free.
func (p *Party) words(n int) []uint64 { return p.net.Get(n) }

func (p *Party) free(w []uint64) { p.net.Put(w) }

// fillPrev fills dst from the key shared with the previous server, and
// fillNext from the one shared with the next.
func (p *Party) fillPrev(dst []uint64) {
	p.keys.Prev.Fill(dst, p.draw(&p.drawnPrev))
}

func (p *Party) fillNext(dst []uint64) {
	p.keys.Next.Fill(dst, p.draw(&p.drawnNext))
}

// draw names the next draw of a key on this lane. It ends the session before
// the numbers begin again, which would show two messages under one pad.
func (p *Party) draw(drawn *uint32) prg.Name {
	name := prg.Name{Lane: p.lane, Seq: *drawn}
	if *drawn++; *drawn == 0 {
		p.Fail(fmt.Errorf("2^32 draws of a key on lane %s: start a new session", p.path))
	}
	return name
}

var (
	errOtherSession = errors.New("a share of another session")
	errEnded        = errors.New("a share of a scope that has ended; keep it with Assign")
	errNoShare      = errors.New("an empty share, want one made by this session")
)

// arith returns the vector of a handle.
func (s *session) arith(x Arith) *arith {
	a := s.operand(x)
	if a.rows.pending.Load() {
		s.settle(a)
	}
	return a
}

// operand returns the vector of a handle, the words of which may be pending; see
// [gathered].
func (s *session) operand(x Arith) *arith {
	if x.box == nil {
		s.Fail(errNoShare)
	}
	if *x.box == nil || (*x.box).scope != x.scope {
		s.Fail(errEnded)
	}
	if (*x.box).session != s {
		s.Fail(errOtherSession)
	}
	return *x.box
}

func (s *session) bits(b Bits) *bits {
	if b.box == nil {
		s.Fail(errNoShare)
	}
	if *b.box == nil || (*b.box).scope != b.scope {
		s.Fail(errEnded)
	}
	if (*b.box).session != s {
		s.Fail(errOtherSession)
	}
	return *b.box
}

func (s *session) product(z Product) *product {
	if z.box == nil {
		s.Fail(errNoShare)
	}
	if *z.box == nil || (*z.box).scope != z.scope {
		s.Fail(errEnded)
	}
	if (*z.box).session != s {
		s.Fail(errOtherSession)
	}
	return *z.box
}

// notEmpty fails unless there is an element.
func (s *session) notEmpty(what string, n int) {
	if n == 0 {
		s.Fail(fmt.Errorf("%s: got no elements, want at least one", what))
	}
}

// sameLen fails unless got equals want.
func (s *session) sameLen(what string, got, want int) {
	if got != want {
		s.Fail(fmt.Errorf("%s: got %d elements, want %d", what, got, want))
	}
}
