package h2

import (
	"io"
	"net"
	"time"

	"golang.org/x/net/http2"
)

// Accept waits for the call on a fresh connection, which has a deadline for that, and
// closes it if none comes. Its caller goes on with Welcome or Refuse.
func Accept(raw net.Conn) (*Conn, Request, error) {
	c := newConn(raw, false)
	c.begin(nil)
	r, err := c.answer()
	if err != nil {
		c.Close()
		return nil, r, err
	}
	return c, r, nil
}

func (c *Conn) answer() (Request, error) {
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(c.raw, preface); err != nil {
		return Request{}, lost(err)
	}
	if string(preface) != http2.ClientPreface {
		return Request{}, notHTTP2()
	}
	if err := c.output.write(c.preamble()); err != nil {
		return Request{}, err
	}
	f, err := c.headers()
	if err != nil {
		return Request{}, err
	}
	return requestOf(f)
}

// Welcome tells the client that its call is taken.
func (c *Conn) Welcome() error { return c.output.write(headerFrames(welcomeFields(), false)) }

// partingTime is how long the client may take to go once it was refused. To close before
// it goes could take the refusal back, if something of it has not been read.
const partingTime = time.Second

// Refuse tells the client why its call is not taken, and closes.
func (c *Conn) Refuse(err error) error {
	defer c.Close()
	if err := c.raw.SetDeadline(time.Now().Add(partingTime)); err != nil {
		return err
	}
	if err := c.output.write(headerFrames(refusalFields(err), true)); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, c.raw)
	return nil
}
