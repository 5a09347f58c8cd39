// Package prg gives each server the pseudo-random streams that it shares with
// the others.
//
//	keys, err := prg.Derive(session, server, prev, next, own)
//	keys.Next.Fill(dst, prg.Name{Lane: lane, Seq: seq})   // the next server draws the same
//
// There is one Go type for each set of servers that knows a key, so a mask
// cannot be drawn from a stream that its receiver knows by mistake:
//
//	[Prev]  this server and the previous one
//	[Next]  this server and the next one
//	[Own]   this server alone
//	[All]   everyone: a public coin, never a mask
//
// A draw is named, not taken from a running stream: the same [Name] gives the
// same words on both servers in whatever order they draw. A name must not be
// used twice with one key (a second use is a two-time pad); a build with the tag
// trefoildebug panics when that happens.
//
// # Stream
//
// Words are AES-128 in counter mode [1] over zeros, read as little-endian. The
// first counter block is
//
//	Lane (8 bytes) ‖ Seq (4 bytes) ‖ 0 (4 bytes), big-endian
//
// and the last four bytes count blocks, so different names never meet.
//
// Keys cannot be printed or marshalled.
//
// [1] NIST SP 800-38A, section 6.5.
package prg

// Name names one draw from a key: a step of the protocol and the number of the
// draw within it.
type Name struct {
	Lane uint64 // the step; the same number on both servers
	Seq  uint32 // the draw within the step
}

// Prev is the key shared with the previous server.
type Prev struct {
	_ [0]func(prevRole) // no conversion to another role, no ==
	stream
}

// Next is the key shared with the next server.
type Next struct {
	_ [0]func(nextRole)
	stream
}

// Own is the key that only this server knows.
type Own struct {
	_ [0]func(ownRole)
	stream
}

// All is the public coin: all three servers, and whoever knows the session id,
// know its words. Use it for public choices; never as a mask.
type All struct {
	_ [0]func(allRole)
	stream
}

type (
	prevRole struct{}
	nextRole struct{}
	ownRole  struct{}
	allRole  struct{}
)

// Keys are the keys of one server in one session.
type Keys struct {
	Prev Prev
	Next Next
	All  All
	Own  Own
}
