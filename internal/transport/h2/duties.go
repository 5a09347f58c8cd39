package h2

import (
	"bytes"
	"sync"

	"golang.org/x/net/http2"
)

// maxDue is how many answers to its pings or settings a peer may wait for.
const maxDue = 16

// duties are what the reader owes the peer. It must not wait until the connection
// takes that: the peer may be waiting likewise, and then nobody would read.
type duties struct {
	mu       sync.Mutex
	settings int           // to acknowledge
	pings    [][8]byte     // to answer
	window   uint32        // bytes of data to give back
	beat     bool          // a ping of this end's own
	asked    bool          // it was sent, and has no answer yet
	due      chan struct{} // holds one
}

// note changes what is due.
func (d *duties) note(change func(*duties)) error {
	d.mu.Lock()
	change(d)
	late := d.settings+len(d.pings) > maxDue
	d.mu.Unlock()
	select {
	case d.due <- struct{}{}:
	default:
	}
	if late {
		return violation("more than %d pings or settings at once", maxDue)
	}
	return nil
}

// Ping sends a sign of life, without waiting, to keep the connection through firewalls
// that forget idle ones. While one has no answer there is no other: a peer that does
// not read now would have too many to answer.
func (c *Conn) Ping() { _ = c.duties.note(func(d *duties) { d.beat = !d.asked }) }

// answered notes that the peer has answered a ping.
func (d *duties) answered() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = false
}

// tend writes first and then what is due, until the call is closed.
func (c *Conn) tend(first []byte) {
	out := bytes.NewBuffer(first)
	framer := http2.NewFramer(out, nil)
	for {
		if out.Len() > 0 && c.output.write(out.Bytes()) != nil {
			return // the reader will know why
		}
		select {
		case <-c.closed:
			return
		case <-c.duties.due:
		}
		out.Reset()
		c.duties.write(framer)
	}
}

// write takes what is due. Writing to memory does not fail.
func (d *duties) write(f *http2.Framer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for range d.settings {
		_ = f.WriteSettingsAck()
	}
	for _, p := range d.pings {
		_ = f.WritePing(true, p)
	}
	if d.window > 0 {
		_ = f.WriteWindowUpdate(0, d.window)
		_ = f.WriteWindowUpdate(callID, d.window)
	}
	if d.beat {
		_ = f.WritePing(false, [8]byte{})
		d.asked = true
	}
	d.settings, d.pings, d.window, d.beat = 0, d.pings[:0], 0, false
}
