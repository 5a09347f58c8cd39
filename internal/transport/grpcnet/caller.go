package grpcnet

import (
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// caller is what a link's peer calls with: a connection of control, and one of messages.
type caller struct {
	mu       sync.Mutex
	id       *identity // of the connection of control
	attached bool      // the stream of messages too
	gone     bool      // control has, while attached
	refused  error     // the last, for whoever waits
}

func (c *caller) refuse(id *identity, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused = status.Errorf(codes.PermissionDenied, "%s: %s", id.address, status.Convert(err).Message())
}

// lastRefusal returns why the last stream that claimed to be of this peer was
// refused, or nil.
func (c *caller) lastRefusal() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refused
}

// claim takes the link for a connection.
func (c *caller) claim(id *identity, _ header) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.id != nil {
		return status.Errorf(codes.AlreadyExists, "already connected from %s: do two servers run with one key?", c.id.address)
	}
	c.id = id
	return nil
}

// attach takes the link's stream of messages.
func (c *caller) attach(_ *identity, h header) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.id == nil {
		return status.Error(codes.Aborted, "no stream of control, which comes before that of messages") // it may have been given up
	}
	if c.id.binding != h.binding || c.attached {
		return status.Error(codes.FailedPrecondition, "a stream of messages comes once, after that of control and with its binding")
	}
	c.attached = true
	return nil
}

// detach takes back attach, for a stream of messages that did not come to be.
func (c *caller) detach() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.attached = false
	if c.gone {
		c.id, c.gone = nil, false
	}
}

// release gives the link up, so that the peer can try again, unless both
// streams stand.
func (c *caller) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone = c.attached; !c.gone {
		c.id = nil
	}
}
