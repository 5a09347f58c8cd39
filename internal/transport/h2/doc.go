// Package h2 carries one gRPC call, of any number of messages in both directions, on
// a connection that carries nothing else.
//
//	c, err := h2.Open(ctx, conn, h2.Request{Authority: "peer", Method: "/pkg.Service/Method"})
//
//	c, request, err := h2.Accept(conn) // at the other end
//	err = c.Welcome()                  // or c.Refuse(err)
//
//	err = c.Send(head, body)           // one message
//	n, err := c.Next()                 // the size of the next one
//	_, err = io.ReadFull(c, b)         // its bytes
//
// It is gRPC as others speak it ([gRPC over HTTP/2], RFC 9113): either end may be
// grpc-go (TestOtherEnd). Frames are read and written with golang.org/x/net/http2.
//
// # Why
//
// grpc-go serves many calls on a connection, and hands each message from goroutine to
// goroutine three times. Here whoever sends writes to the connection, and what comes
// is read where it will lie, so a message is copied once less where it arrives and nothing is
// allocated. What is left of HTTP/2 is framing: as there is one stream,
// the flow control of TCP does for both, so this end's windows are as wide as can be.
//
// Over TLS, a [Gatherer] below it writes the records of a frame to the system together.
//
// # Hostile peers
//
// A peer can make this end hold a frame of [maxFrame] bytes that is not data, headers
// of 8 KiB and a few answers that are due; more ends the call. What it sends as data
// waits in TCP until it is read. A call that has sent more than a record keeps 66 KiB for
// what it gathers.
//
// [gRPC over HTTP/2]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
package h2
