// Package transport carries tagged messages between the three servers.
//
// Protocol code sees only [Conn]: it asks for a buffer with Get, fills it,
// hands it over with Send, and the receiver gives it back with Put. A message
// is found by its name (lane and sequence number), not by its place in a
// stream, so independent sub-protocols share a connection in any order.
//
//	w := c.Get(n)
//	fill(w)
//	err := c.Send(next, transport.Tag{Lane: lane, Seq: seq, Depth: depth + 1}, w)
//	got, depth, err := c.Recv(prev, lane, seq)
//	use(got)
//	c.Put(got)
//
// Implementations: transport/mem in one process, transport/grpcnet between
// machines. Both pass the suite of transport/transporttest. [Count] and
// [Inject] wrap any of them.
package transport

// Servers is the number of servers. Their indices are 0, 1 and 2.
const Servers = 3

// Tag names one message of one ordered pair of servers.
type Tag struct {
	Lane  uint64 // the step; the same number on all servers
	Seq   uint32 // counts the messages of one direction on this lane
	Depth uint32 // messages on the longest chain that ends with this one
}

// Conn is one server's connection to the two others. Every method may be
// called from several goroutines at once.
//
// Ownership: a buffer from Get belongs to the caller until Send or Put; one
// from Recv belongs to the caller until Send or Put. After either the caller
// must not touch it: its contents can change at any moment.
type Conn interface {
	// Server is this server's index: 0, 1 or 2.
	Server() int

	// Send hands words to server to and returns without waiting for it to
	// receive them. Send owns words from the call on, even when it fails. A
	// transport may hold Send back while the receiver is busy and has a great
	// deal unread, but never while the receiver itself waits for a message.
	// A pair (Lane, Seq) must not be used twice in one direction.
	Send(to int, tag Tag, words []uint64) error

	// Recv waits for the message (lane, seq) of server from and returns it
	// with its depth. The caller owns words.
	Recv(from int, lane uint64, seq uint32) (words []uint64, depth uint32, err error)

	// Get returns a buffer of n words with arbitrary contents.
	Get(n int) []uint64

	// Put gives a buffer back. Nil and foreign slices are ignored.
	Put(words []uint64)

	// Close ends the session on all three servers. Every blocked or later Send
	// and Recv returns a [*PeerError] that wraps the first cause given to
	// any of the three and names the server it was given to. A nil cause
	// means [ErrClosed]. Messages not yet received are lost, so a server
	// closes without a cause only when all three are done.
	Close(cause error)
}
