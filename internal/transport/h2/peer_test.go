package h2

import (
	"bytes"
	"context"
	"io"
	"net"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// peer is the other end of a call, which says what a test wants, frame by frame.
type peer struct {
	*http2.Framer // into said
	said          bytes.Buffer
	client        bool
	block         bytes.Buffer
	encoder       *hpack.Encoder
}

func newPeer(client bool) *peer {
	p := &peer{client: client}
	p.Framer = http2.NewFramer(&p.said, nil)
	p.AllowIllegalWrites = true
	p.encoder = hpack.NewEncoder(&p.block)
	return p
}

// greet begins the connection.
func (p *peer) greet(settings ...http2.Setting) {
	if p.client {
		p.said.WriteString(http2.ClientPreface)
	}
	_ = p.WriteSettings(settings...)
}

// call begins the call, in order.
func (p *peer) call() {
	p.greet()
	p.fields(1, false, p.opening()...)
}

// opening are the names and values of headers that a call begins with.
func (p *peer) opening() []string {
	if p.client {
		return []string{":method", "POST", ":scheme", "https", ":path", "/a/b", "content-type", "application/grpc"}
	}
	return []string{":status", "200", "content-type", "application/grpc"}
}

// end ends the call well, which a client does without a status.
func (p *peer) end() {
	if p.client {
		p.fields(1, true, "x-last", "0")
	} else {
		p.fields(1, true, "grpc-status", "0")
	}
}

// fields writes whole headers.
func (p *peer) fields(stream uint32, end bool, pairs ...string) {
	_ = p.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: p.pack(pairs...), EndHeaders: true, EndStream: end})
}

// pack compresses headers.
func (p *peer) pack(pairs ...string) []byte {
	p.block.Reset()
	for i := 0; i < len(pairs); i += 2 {
		_ = p.encoder.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	return bytes.Clone(p.block.Bytes())
}

// data writes a frame of data.
func (p *peer) data(flags http2.Flags, b ...byte) { _ = p.WriteRawFrame(http2.FrameData, flags, 1, b) }

// play has the other end of a peer say all that, and then close. It returns how many
// messages came and why no more did.
func play(client bool, said []byte) (messages int, err error) {
	near, far := net.Pipe()
	go func() {
		_, _ = far.Write(said) // returns at the latest when near is closed
		far.Close()
	}()
	go func() { _, _ = io.Copy(io.Discard, far) }()
	var c *Conn
	if client {
		c, err = Open(context.Background(), near, aRequest)
	} else if c, _, err = Accept(near); err == nil {
		defer c.Close()
		err = c.Welcome()
	}
	if err != nil {
		return 0, err
	}
	defer c.Close()
	for ; err == nil; messages++ {
		var n int
		if n, err = c.Next(); err == nil {
			_, err = io.CopyN(io.Discard, c, int64(n))
		}
	}
	return messages - 1, err
}
