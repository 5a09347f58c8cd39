package h2

import (
	"bytes"
	"cmp"
	"context"
	"net"

	"golang.org/x/net/http2"
)

// Open begins a call on a fresh connection, which it closes if it fails, and returns
// when the server has taken it. A refusal is an error of google.golang.org/grpc/status.
func Open(ctx context.Context, raw net.Conn, r Request) (*Conn, error) {
	c := newConn(raw, true)
	inTime := context.AfterFunc(ctx, func() { raw.Close() })
	err := c.ask(r)
	if !inTime() || err != nil {
		c.Close()
		return nil, cmp.Or(context.Cause(ctx), err)
	}
	return c, nil
}

// ask sends the request and waits for the answer.
func (c *Conn) ask(r Request) error {
	out := append([]byte(http2.ClientPreface), c.preamble()...)
	c.begin(append(out, headerFrames(r.fields(), false)...))
	f, err := c.headers()
	switch {
	case err != nil:
		return err
	case f.StreamID != callID || f.PseudoValue("status") != "200":
		return violation("an answer with HTTP status %q to stream %d", f.PseudoValue("status"), f.StreamID)
	case !isGRPC(f):
		return violation("an answer of another kind")
	case f.StreamEnded():
		return cmp.Or(statusOf(f), violation("a call that ends well before it began"))
	}
	return nil
}

// preamble is the settings of this end.
func (c *Conn) preamble() []byte {
	var out bytes.Buffer
	f := http2.NewFramer(&out, nil)
	settings := []http2.Setting{
		{ID: http2.SettingMaxFrameSize, Val: maxFrame},
		{ID: http2.SettingInitialWindowSize, Val: maxWindow},
		{ID: http2.SettingMaxHeaderListSize, Val: maxHeaders},
	}
	if c.client {
		settings = append(settings, http2.Setting{ID: http2.SettingEnablePush, Val: 0})
	} else {
		settings = append(settings, http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 1})
	}
	_ = f.WriteSettings(settings...) // to memory
	_ = f.WriteWindowUpdate(0, maxWindow-defaultWindow)
	return out.Bytes()
}

// headers reads up to the first headers of the call.
func (c *Conn) headers() (*http2.MetaHeadersFrame, error) {
	for first := true; ; first = false {
		f, err := c.input.framer.ReadFrame()
		if err != nil {
			return nil, c.unframed(err)
		}
		if s, ok := f.(*http2.SettingsFrame); first && (!ok || s.IsAck()) {
			return nil, notHTTP2()
		}
		switch f := f.(type) {
		case *http2.MetaHeadersFrame:
			return f, tooLong(f)
		case *http2.DataFrame:
			return nil, violation("data before headers")
		}
		if err := c.take(f); err != nil {
			return nil, err
		}
	}
}
