package grpcnet

import (
	"fmt"

	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
)

// outgoing is a message that knows its bytes.
type outgoing interface{ marshal() mem.BufferSlice }

// incoming is a message that reads its bytes, of which it keeps none.
type incoming interface{ unmarshal(data mem.BufferSlice) }

// codec passes the frames of this package as they are, and leaves protocol
// buffers of other services on the node to gRPC.
type codec struct{ other encoding.CodecV2 }

func newCodec() codec { return codec{other: encoding.GetCodecV2(proto.Name)} }

// Name is that of the codec for protocol buffers, so that both kinds of services
// share a node.
func (c codec) Name() string { return proto.Name }

// Marshal returns the bytes of v.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	if m, ok := v.(outgoing); ok {
		return m.marshal(), nil
	}
	return c.other.Marshal(v)
}

// Unmarshal reads v from data.
func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	if m, ok := v.(incoming); ok {
		m.unmarshal(data)
		return nil
	}
	if c.other == nil {
		return fmt.Errorf("message of type %T, want a frame", v)
	}
	return c.other.Unmarshal(data, v)
}
