// Package grpcnet connects three servers on three machines.
//
//	node, err := grpcnet.Listen(":7000", key)           // once per process
//	conn, err := node.Connect(ctx, session, 0, peers)   // once per session, on all three
//	defer node.Close()                                  // last: lets the end of sessions reach the peers
//
// # Trust
//
// A server is its Ed25519 key. Links are mutual TLS 1.3 with certificates made
// from the keys on the fly: no authority, no names and no dates are checked,
// only that the peer holds the key that the session pins. Whoever holds any key
// can open a connection, but every stream it opens names a session, and is
// refused unless that session is open here and expects this key. Session tickets
// are off. A peer's word is taken for who has ended a session, and why.
//
// # Links
//
// For each pair of servers and session the server of lower index dials the
// other. The connection carries two HTTP/2 streams: one of messages, and beside
// it one of control, so that the cause of an end never waits behind megabytes of
// messages that nobody reads. Control also beats: a peer that is silent for
// [WithHeartbeat]'s patience is lost, and a link survives any idle time.
//
// Messages above 1 MiB travel in several frames, between which those of other
// lanes may pass. A message is copied once on arrival; large ones are not copied
// before gRPC's own buffer when sent, and go back to the pool when gRPC has
// written them. What a busy server has not read is bounded by [WithBacklog].
//
// # Set-up
//
// [Node.Connect] returns when both links stand. It tries again while a peer is
// not up or has not opened the session yet, until [WithSetupTimeout]; the error
// then names server and address. A mismatch (key, index, wire version, a second
// server of one index) ends it at once and says what differs.
//
// # End
//
// Close tells both peers the cause and the server where it arose, and each
// passes it on to the other. Causes travel as text: [errors.Is] finds the cause
// at a peer if the texts agree. A peer whose process or network has gone ends
// the session with a cause that wraps [ErrLost].
//
// # Cost
//
// Go's gRPC hands each message from goroutine to goroutine three times and copies
// it twice more than a bare TLS connection does. Compared with a ring of TCP
// connections with TLS by the benchmarks of this package, over loopback on two
// virtual processors (Xeon, go1.26.8, gRPC 1.85.0, other load present; the medians
// of two runs):
//
//	                        64 B    4 KiB   64 KiB  1 MiB in a row
//	three processes         24,000  21,000  4,300   400 MB/s per server
//	  share of TCP+TLS      0.73    0.75    0.70    0.71
//	one process             57,000  40,000  5,600   575 MB/s per server
//	  share of TCP+TLS      0.58    0.72    0.54    0.81
//
// in rounds per second up to 64 KiB. A message of 64 bytes costs 9 allocations of
// 350 bytes together, one of them in this package. Three processes had one
// processor each (GOMAXPROCS): with two each, which they do not have, rounds were
// a third slower.
package grpcnet
