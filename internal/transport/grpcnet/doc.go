// Package grpcnet connects three servers on three machines.
//
//	node, err := grpcnet.Listen(":7000", key)                 // once per process
//	conn, err := node.Connect(ctx, session, 0, peers)         // once per session, on all three
//	defer node.Close()                                        // last: lets the end of sessions reach the peers
//
// # Trust
//
// A server is its Ed25519 key. Links are mutual TLS 1.3 with certificates made
// from the keys on the fly: no authority, no names and no dates are checked,
// only that the peer holds the key that the session pins. Whoever holds any key
// can open a connection, but every stream it opens names a session, and is
// refused unless that session is open here and expects this key. Session tickets
// are off.
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
// before gRPC's own buffer when sent.
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
package grpcnet
