package h2

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

const (
	callID     = 1             // of the only stream
	maxFrame   = 1<<20 + 1<<10 // what a peer may send in one frame: a message of 1 MiB
	maxWindow  = 1<<31 - 1
	maxHeaders = 8 << 10
)

// ErrClosed is what a call ends with whose other end has closed the connection or lost
// it.
var ErrClosed = errors.New("closed by the other end")

// Conn is one end of a call. Send may be used by several goroutines, Next and Read by
// one at a time; Close by any.
type Conn struct {
	raw    net.Conn
	client bool
	input  input
	output output
	duties duties
	credit credit
	once   sync.Once
	closed chan struct{}
	ended  sync.WaitGroup // the goroutine of duties
}

func newConn(raw net.Conn, client bool) *Conn {
	c := &Conn{raw: raw, client: client, closed: make(chan struct{})}
	c.input.framer = http2.NewFramer(nil, raw)
	c.input.framer.SetReuseFrames()
	c.input.framer.SetMaxReadFrameSize(maxFrame)
	c.input.framer.ReadMetaHeaders = hpack.NewDecoder(4<<10, nil)
	c.input.framer.MaxHeaderListSize = maxHeaders
	c.output.init(raw)
	c.credit.init()
	c.duties.due = make(chan struct{}, 1)
	return c
}

// begin has first written, and duties done from then on.
func (c *Conn) begin(first []byte) { c.ended.Go(func() { c.tend(first) }) }

// Interrupt wakes Send, Next and Read, which fail from now on. The connection stays open
// until Close, so that the other end does not take it for lost.
func (c *Conn) Interrupt() {
	c.credit.end(net.ErrClosed)
	_ = c.raw.SetDeadline(time.Now()) // it fails on a connection that is closed
}

// Close ends the call at once. It is safe to repeat.
func (c *Conn) Close() error {
	var err error
	c.once.Do(func() {
		close(c.closed)
		c.credit.end(net.ErrClosed)
		c.output.below.Cut()
		err = c.raw.Close()
	})
	c.ended.Wait()
	return err
}

// lost turns an error of the connection into plain words.
func lost(err error) error {
	var alert *net.OpError
	switch {
	case err == nil || errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded):
		return err
	case err == io.EOF: //nolint:errorlint // of the connection itself: no good end of the call
		return ErrClosed
	case errors.As(err, &alert) && alert.Op == "remote error":
		return err
	}
	return fmt.Errorf("%w: %w", ErrClosed, err)
}

func notHTTP2() error { return violation("it does not begin as HTTP/2 does") }

// violation reports a peer that does not keep to HTTP/2 or gRPC.
func violation(format string, args ...any) error {
	return fmt.Errorf("not gRPC: "+format, args...)
}
