// Package partypb is what owners, operators and servers of a consortium say to
// each other: the messages and the gRPC clients and servers of
// consortium.proto, which says what each call is for and who may make it.
//
//	conn, err := grpcnet.Dial(ctx, key, peer)    // mutual TLS, the server's key pinned
//	c := partypb.NewConsortiumClient(conn)
//	status, err := c.Status(ctx, &partypb.JobRequest{JobHash: hash})
//
// Package parties/daemon is the server, package parties/client the client.
package partypb

// The Go code is written by the program in _proto, a module of its own.
//
//go:generate go run -C _proto . ..
