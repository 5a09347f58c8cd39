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
// of three runs):
//
//	                        64 B    4 KiB   64 KiB  1 MiB in a row
//	three processes         46,000  35,000  5,200   400 MB/s per server
//	  share of TCP+TLS      0.73    0.88    0.69    0.76
//	one process             83,000  70,000  6,700   260 MB/s per server
//	  share of TCP+TLS      0.55    0.89    0.69    0.82
//
// in rounds per second up to 64 KiB. Three processes had one processor each
// (GOMAXPROCS): with two each, which they do not have, rounds were a third slower.
// In one process with both processors to itself, rounds of 64 bytes take 2.3 times
// as long as over plain TCP, since goroutines wake each other across processors;
// with one of them busy it is 1.4 times.
//
// This package allocates nothing for a message, but what the collector has taken
// from its pools (TestRoundsAllocateNothingHere). What is left is beneath it and
// has no setting: of a round of three messages of 64 bytes 23 allocations of 1 kB
// together, of 64 KiB 32 of 1.9 kB. By where they are made, a message of 64 bytes
// costs in gRPC
//
//	receiving   4   data frame and its bytes, which are pooled above 1 KiB only,
//	                their buffers (http_util.go, transport.go, mem/buffers.go),
//	            1/3 the backlog of a stream (transport.go)
//	sending     1/3 to 2/3 each: a frame in the queue to the wire, the closure of a
//	                client's retry, a message's header (http2_client.go,
//	                http2_server.go, stream.go, rpc_util.go)
//
// and 1/3 in crypto/tls, a reader for each record. Frames padded beyond 1 KiB would
// save 9 of the 23 and were slower; a receiver that reads the stream itself, which
// saves waking a goroutine, was no quicker beyond what measurements differ by.
package grpcnet
