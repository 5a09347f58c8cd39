package h2

import (
	"cmp"
	"io"

	"golang.org/x/net/http2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// take deals with a frame that is not data.
func (c *Conn) take(f http2.Frame) error {
	if id := f.Header().StreamID; id > callID && !isAdvice(f) {
		return violation("a second stream, %d, on the connection of a call", id)
	}
	switch f := f.(type) {
	case *http2.SettingsFrame:
		return c.settings(f)
	case *http2.PingFrame:
		if f.IsAck() {
			c.duties.answered()
			return nil
		}
		return c.duties.note(func(d *duties) { d.pings = append(d.pings, f.Data) })
	case *http2.WindowUpdateFrame:
		return c.credit.add(f.StreamID, int64(f.Increment))
	case *http2.MetaHeadersFrame:
		return c.trailers(f)
	case *http2.RSTStreamFrame:
		return status.Errorf(codes.Unavailable, "%v: stream ended with %v", ErrClosed, f.ErrCode)
	case *http2.GoAwayFrame:
		if f.LastStreamID >= callID || !c.client && f.ErrCode == http2.ErrCodeNo {
			return nil // no more calls; a client speaks of those that it would take
		}
		return status.Errorf(codes.Unavailable, "%v: connection ended with %v", ErrClosed, f.ErrCode)
	case *http2.PushPromiseFrame:
		return violation("a pushed stream")
	}
	return nil // as RFC 9113, section 4.1, wants it
}

// isAdvice reports a frame that may be of a stream that is not open.
func isAdvice(f http2.Frame) bool {
	switch f.(type) {
	case *http2.PriorityFrame, *http2.UnknownFrame:
		return true
	}
	return false
}

// settings takes the peer's settings.
func (c *Conn) settings(f *http2.SettingsFrame) error {
	if f.IsAck() {
		return nil
	}
	err := f.ForeachSetting(func(s http2.Setting) error {
		if err := s.Valid(); err != nil {
			return violation("setting %v: %w", s, err)
		}
		switch s.ID {
		case http2.SettingInitialWindowSize:
			return c.credit.restart(s.Val)
		case http2.SettingMaxFrameSize:
			c.output.frame.Store(int64(s.Val))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.duties.note(func(d *duties) { d.settings++ })
}

// trailers are the headers behind the last message: at the client with the status.
func (c *Conn) trailers(f *http2.MetaHeadersFrame) error {
	switch {
	case tooLong(f) != nil:
		return tooLong(f)
	case !f.StreamEnded():
		return violation("headers amid messages")
	case !c.client:
		return io.EOF
	}
	return cmp.Or(statusOf(f), io.EOF)
}
