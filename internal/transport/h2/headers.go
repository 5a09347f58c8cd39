package h2

import (
	"bytes"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

const contentType = "application/grpc"

// Request is what a call begins with.
type Request struct {
	Authority string
	Method    string      // /service/method
	Metadata  metadata.MD // text only
}

// fields are those of HTTP/2.
func (r Request) fields() []hpack.HeaderField {
	out := []hpack.HeaderField{
		{Name: ":method", Value: "POST"},
		{Name: ":scheme", Value: "https"},
		{Name: ":path", Value: r.Method},
		{Name: ":authority", Value: r.Authority},
		{Name: "content-type", Value: contentType},
		{Name: "te", Value: "trailers"},
	}
	for key, values := range r.Metadata {
		for _, v := range values {
			out = append(out, hpack.HeaderField{Name: key, Value: v})
		}
	}
	return out
}

// requestOf reads what a call begins with.
func requestOf(f *http2.MetaHeadersFrame) (Request, error) {
	r := Request{Authority: f.PseudoValue("authority"), Method: f.PseudoValue("path"), Metadata: metadata.MD{}}
	for _, h := range f.RegularFields() {
		r.Metadata.Append(h.Name, h.Value)
	}
	switch {
	case f.StreamID != callID || f.StreamEnded():
		return r, violation("stream %d, want %d, and messages on it", f.StreamID, callID)
	case f.PseudoValue("method") != "POST" || !isGRPC(f):
		return r, violation("a request of another kind")
	}
	return r, nil
}

// tooLong refuses headers of which only the beginning was kept.
func tooLong(f *http2.MetaHeadersFrame) error {
	if f.Truncated {
		return violation("more than %d bytes of headers", maxHeaders)
	}
	return nil
}

// isGRPC reports whether the content, of which there is one type, is that of a call.
func isGRPC(f *http2.MetaHeadersFrame) bool {
	var t []string
	for _, h := range f.RegularFields() {
		if h.Name == "content-type" {
			t = append(t, h.Value)
		}
	}
	return len(t) == 1 && (t[0] == contentType || strings.HasPrefix(t[0], contentType+"+"))
}

// welcomeFields say that the call is taken.
func welcomeFields() []hpack.HeaderField {
	return []hpack.HeaderField{{Name: ":status", Value: "200"}, {Name: "content-type", Value: contentType}}
}

// refusalFields are those of a call that ends where it began.
func refusalFields(err error) []hpack.HeaderField {
	s := status.Convert(err)
	return append(welcomeFields(),
		hpack.HeaderField{Name: "grpc-status", Value: strconv.Itoa(int(s.Code()))},
		hpack.HeaderField{Name: "grpc-message", Value: escape(s.Message())})
}

// escape is the percent-encoding of gRPC.
func escape(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '%' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// statusOf is the error that headers with the end of a call tell of, or nil.
func statusOf(f *http2.MetaHeadersFrame) error {
	var code, text string
	for _, h := range f.RegularFields() {
		switch h.Name {
		case "grpc-status":
			code = h.Value
		case "grpc-message":
			text = h.Value
		}
	}
	n, err := strconv.ParseUint(code, 10, 32)
	if err != nil {
		return noStatus()
	}
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	return status.Error(codes.Code(n), text)
}

func noStatus() error { return violation("an end without a status of gRPC") }

// headerFrames are whole headers, in frames that every peer takes.
func headerFrames(fields []hpack.HeaderField, end bool) []byte {
	var block, out bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	encoder.SetMaxDynamicTableSize(0) // the peer may want none
	for _, f := range fields {
		_ = encoder.WriteField(f) // to memory
	}
	framer, b := http2.NewFramer(&out, nil), block.Next(record)
	_ = framer.WriteHeaders(http2.HeadersFrameParam{
		StreamID: callID, BlockFragment: b, EndHeaders: block.Len() == 0, EndStream: end,
	})
	for block.Len() > 0 {
		b = block.Next(record)
		_ = framer.WriteContinuation(callID, block.Len() == 0, b)
	}
	return out.Bytes()
}
