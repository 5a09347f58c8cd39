package h2

import (
	"context"
	"crypto/tls"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// What a client sends last to the server of grpc-go, for the end that it wants.
const (
	goodEnd = "good end"
	badEnd  = "bad end"
)

// otherServer serves with grpc-go, and returns how to dial it.
func otherServer(t *testing.T, config *tls.Config) dialer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := grpc.NewServer(grpc.ForceServerCodecV2(rawCodec{}), grpc.MaxRecvMsgSize(8<<20), grpc.Creds(security(config)))
	desc := &grpc.ServiceDesc{ServiceName: "test.Service", HandlerType: (*any)(nil)}
	for name, handler := range map[string]grpc.StreamHandler{
		"Echo": otherEcho,
		"Fail": func(any, grpc.ServerStream) error { return wild },
		"From": func(_ any, st grpc.ServerStream) error {
			md, _ := metadata.FromIncomingContext(st.Context())
			return status.Errorf(codes.Aborted, "%s %v", md.Get(":authority")[0], md.Get("x-from"))
		},
	} {
		desc.Streams = append(desc.Streams, grpc.StreamDesc{StreamName: name, Handler: handler, ServerStreams: true, ClientStreams: true})
	}
	s.RegisterService(desc, struct{}{})
	go func() { _ = s.Serve(l) }() // ends with Stop
	t.Cleanup(s.Stop)
	return func(t *testing.T) net.Conn {
		conn, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		if config != nil {
			conn = tls.Client(conn, config)
		}
		return conn
	}
}

// otherEcho sends back what comes.
func otherEcho(_ any, st grpc.ServerStream) error {
	if err := st.SendHeader(metadata.Pairs("x-from", "beta")); err != nil {
		return err
	}
	for {
		var b []byte
		if err := st.RecvMsg(&b); err != nil {
			return err
		}
		switch string(b) {
		case goodEnd:
			return nil
		case badEnd:
			return wild
		}
		if err := st.SendMsg(&b); err != nil {
			return err
		}
	}
}

// otherClient calls with grpc-go one that serve takes or refuses.
func otherClient(t *testing.T, config *tls.Config, serve func(*Conn, Request)) grpc.ClientStream {
	t.Helper()
	near, far := tcp(t)
	if config != nil {
		far = tls.Server(far, config)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		c, r, err := Accept(far)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		serve(c, r)
	}()
	dial := func(context.Context, string) (net.Conn, error) { return near, nil }
	client, err := grpc.NewClient("passthrough:///peer", grpc.WithContextDialer(dial), grpc.WithTransportCredentials(security(config)))
	require.NoError(t, err)
	t.Cleanup(func() {
		client.Close()
		<-served
	})
	ctx := metadata.AppendToOutgoingContext(t.Context(), "x-from", "alpha")
	st, err := client.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, aRequest.Method,
		grpc.ForceCodecV2(rawCodec{}), grpc.MaxCallRecvMsgSize(8<<20))
	require.NoError(t, err)
	return st
}

func security(config *tls.Config) credentials.TransportCredentials {
	if config == nil {
		return insecure.NewCredentials()
	}
	return credentials.NewTLS(config)
}
