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
// other, twice: for a gRPC stream of control, which grpc-go serves beside the other
// services of the port, and for one of messages, which package h2 serves. So the
// cause of an end never waits behind megabytes of messages that nobody reads. The
// name that the dialler asks for in TLS tells the two apart; messages quote a number
// that only the ends of the connection of control know. Control also
// beats: a peer that is silent for [WithHeartbeat]'s patience is lost, and a link
// survives any idle time.
//
// Messages above 64 KiB wait for each other. Those above 1 MiB travel in several frames,
// between which small ones may pass. A message goes from the sender's words into TLS, and from TLS
// into the receiver's; those up to 64 KiB in Send itself, larger ones by a goroutine of
// the link. What a busy server has not read is bounded by [WithBacklog], and what is
// on the way by the buffers of TCP, which the system sizes to the link. The connection of messages of a
// session that has ended stays open until control has said so.
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
// Compared with a ring of bare TCP connections with TLS (BenchmarkRing,
// BenchmarkThroughput) it is docs/performance.md that has the figures. Nothing is
// allocated for a message here, nor in package h2 (TestRoundsAllocateNothingHere);
// crypto/tls allocates a reader of 24 bytes for each record of up to 16 KiB.
package grpcnet
