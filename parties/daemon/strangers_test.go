package daemon

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// refused checks that an error is one for the caller, of that kind.
func refused(t require.TestingT, err error, code codes.Code, text string) {
	require.Equal(t, code.String(), status.Code(err).String(), "%v", err)
	require.ErrorContains(t, err, text)
}

// TestNoKey comes without a certificate.
func TestNoKey(t *testing.T) {
	c := newConsort(t)
	conn, err := tls.Dial("tcp", c.servers[0].address, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err == nil { // TLS 1.3 tells the client after its first message
		_, err = io.ReadAll(conn)
		conn.Close()
	}
	require.ErrorContains(t, err, "certificate required")
	c.alive()
}

// alive checks that all servers still answer.
func (c *consort) alive() {
	c.t.Helper()
	for i := range c.servers {
		hello, err := c.at("north", i).Hello(c.t.Context(), &partypb.HelloRequest{})
		require.NoError(c.t, err)
		require.True(c.t, hello.GetReady())
	}
}

// TestUnknownKey comes with a key that nobody has named.
func TestUnknownKey(t *testing.T) {
	c := newConsort(t)
	api := c.at("mallory", 1)
	hello, err := api.Hello(t.Context(), &partypb.HelloRequest{})
	require.NoError(t, err)
	require.False(t, hello.GetCaller().GetKnown())
	require.Equal(t, keyOf("mallory").Fingerprint(), hello.GetCaller().GetKey())
	_, err = api.Submit(t.Context(), &partypb.SubmitRequest{Job: c.text})
	refused(t, err, codes.PermissionDenied, keyOf("mallory").Fingerprint()+" is not known to this server")
	c.approveAll()
	for name, call := range calls(c, api) {
		refused(t, call(), codes.PermissionDenied, "is not known to this server")
		_ = name
	}
}

// calls are all calls about the job that somebody can make.
func calls(c *consort, api partypb.ConsortiumClient) map[string]func() error {
	ctx, job := c.t.Context(), &partypb.JobRequest{JobHash: c.hash}
	one := func(_ any, err error) error { return err }
	item := &partypb.Item{What: parties.ItemSums, Owner: "north"}
	return map[string]func() error{
		"Job":        func() error { return one(api.Job(ctx, job)) },
		"Status":     func() error { return one(api.Status(ctx, job)) },
		"Deliveries": func() error { return one(api.Deliveries(ctx, job)) },
		"Retry":      func() error { return one(api.Retry(ctx, job)) },
		"Cancel":     func() error { return one(api.Cancel(ctx, &partypb.CancelRequest{JobHash: c.hash})) },
		"Links":      func() error { return one(api.Links(ctx, &partypb.LinksRequest{Job: c.text})) },
		"UploadState": func() error {
			return one(api.UploadState(ctx, &partypb.UploadStateRequest{JobHash: c.hash, Item: item}))
		},
		"Upload": func() error {
			return one(uploadFrom(ctx, api, sealed{head: &partypb.UploadHead{JobHash: c.hash, Item: item}}, 0))
		},
		"Watch": func() error { return first(api.Watch(ctx, job)) },
		"Fetch": func() error { return first(api.Fetch(ctx, &partypb.FetchRequest{JobHash: c.hash, Item: item})) },
	}
}

// first is the error of the first message of a stream.
func first[T any](st grpc.ServerStreamingClient[T], err error) error {
	if err == nil {
		_, err = st.Recv()
	}
	return err
}

// TestPartyOfAnotherJob is known, but not in this job.
func TestPartyOfAnotherJob(t *testing.T) {
	c := newConsort(t, func(_ int, c *Config) {
		c.Policy = policyOf(t, "servers: ["+known("alpha")+", "+known("beta")+", "+known("gamma")+", "+known("west")+"]\nowners: ["+known("north")+", "+known("south")+"]")
	})
	c.approveAll()
	for name, call := range calls(c, c.at("west", 1)) {
		refused(t, call(), codes.PermissionDenied, "is of no owner and no server of job")
		_ = name
	}
}

// TestRightAddressWrongKey has another server behind the address.
func TestRightAddressWrongKey(t *testing.T) {
	c := newConsort(t)
	_, err := dialed(t, "north", c.servers[0].address, "beta")
	var wrong *grpcnet.KeyError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, keyOf("alpha").Public(), wrong.Got)

	// A job that has the addresses of two servers exchanged: each server takes it, since
	// it is in it, and says whom it finds in the place of the others.
	c.servers[1].address, c.servers[2].address = c.servers[2].address, c.servers[1].address
	c.propose("epochs: 1, batch: 16")
	_, err = c.at("north", 0).Submit(t.Context(), &partypb.SubmitRequest{Job: c.text, Approvals: []*partypb.Approval{c.approval("alpha")}})
	require.NoError(t, err)
	s := c.untilThat(0, "peers", func(s *partypb.JobStatus) bool { return len(s.GetPeers()) == 2 })
	for _, p := range s.GetPeers() {
		require.False(t, p.GetReachable())
		require.Contains(t, p.GetReason(), "peer holds key")
	}
	c.servers[1].address, c.servers[2].address = c.servers[2].address, c.servers[1].address
}

// TestGarbageOnThePort sends what is no TLS 1.3, no HTTP/2 and no gRPC.
func TestGarbageOnThePort(t *testing.T) {
	c := newConsort(t)
	address := c.servers[0].address
	_, err := (&http.Client{Timeout: long}).Get("http://" + address + "/")
	require.Error(t, err)
	_, err = tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
	require.ErrorContains(t, err, "protocol version not supported")
	rapid.Check(t, func(rt *rapid.T) {
		conn, err := net.Dial("tcp", address)
		require.NoError(rt, err)
		defer conn.Close()
		_, _ = conn.Write(rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(rt, "bytes"))
		_ = conn.(*net.TCPConn).CloseWrite()
		_ = conn.SetReadDeadline(time.Now().Add(long))
		_, _ = io.Copy(io.Discard, conn) // the server closes it
	})
	c.alive()
	require.Contains(t, c.servers[0].log.String(), "connection refused")
}

// rawCodec sends bytes as they are.
type rawCodec struct{}

func (rawCodec) Marshal(v any) ([]byte, error)   { return *v.(*[]byte), nil }
func (rawCodec) Unmarshal(b []byte, v any) error { *v.(*[]byte) = bytes.Clone(b); return nil }
func (rawCodec) Name() string                    { return "proto" }

// TestRandomMessages sends anything as any message, from an owner and from a
// server of the job.
func TestRandomMessages(t *testing.T) {
	c := newConsort(t)
	c.approveAll()
	var conns []*grpc.ClientConn
	for _, who := range []string{"north", "alpha", "mallory"} {
		conn, err := grpcnet.Dial(t.Context(), keyOf(who).Private(), grpcnet.Peer{Address: c.servers[1].address, Key: keyOf("beta").Public()})
		require.NoError(t, err)
		t.Cleanup(func() { conn.Close() })
		conns = append(conns, conn)
	}
	methods := methodNames()
	rapid.Check(t, func(rt *rapid.T) {
		ctx, cancel := context.WithTimeout(t.Context(), long)
		defer cancel()
		in := message(rt, c)
		method := rapid.SampledFrom(methods).Draw(rt, "method")
		conn := conns[rapid.IntRange(0, len(conns)-1).Draw(rt, "caller")]
		st, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, method, grpc.ForceCodec(rawCodec{}))
		require.NoError(rt, err)
		_ = st.SendMsg(&in)
		_ = st.CloseSend()
		var out []byte
		err = st.RecvMsg(&out)
		if err != nil {
			require.NotContains(rt, err.Error(), "bug")
		}
	})
	c.alive()
	require.NotContains(t, c.servers[1].log.String(), "panic")
}

// methodNames lists the calls of both services, but Cancel, which works.
func methodNames() (names []string) {
	for _, s := range []grpc.ServiceDesc{partypb.Consortium_ServiceDesc, partypb.Peer_ServiceDesc} {
		for _, m := range s.Methods {
			if m.MethodName != "Cancel" {
				names = append(names, "/"+s.ServiceName+"/"+m.MethodName)
			}
		}
		for _, m := range s.Streams {
			names = append(names, "/"+s.ServiceName+"/"+m.StreamName)
		}
	}
	return names
}

// message is random bytes, or a field that starts like a hash of the job.
func message(rt *rapid.T, c *consort) []byte {
	rest := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(rt, "rest")
	if rapid.Bool().Draw(rt, "with the job") {
		return append(append([]byte{0x0a, byte(len(c.hash))}, c.hash...), rest...)
	}
	return rest
}

// TestStrangersAreSlowedDown calls more often than a stranger may.
func TestStrangersAreSlowedDown(t *testing.T) {
	c := newConsort(t, func(_ int, c *Config) { c.pace.strangers = 1 })
	api := c.at("mallory", 0)
	var err error
	for range 20 {
		if _, err = api.Hello(t.Context(), &partypb.HelloRequest{}); err != nil {
			break
		}
	}
	refused(t, err, codes.ResourceExhausted, "too many calls of such keys")
	c.alive()
}

// TestCallWithoutItsMessageEnds opens calls, as a stranger and as an owner, and sends
// nothing.
func TestCallWithoutItsMessageEnds(t *testing.T) {
	c := newConsort(t, func(_ int, c *Config) { c.pace.unary, c.pace.idle = 300*time.Millisecond, 300*time.Millisecond })
	for _, who := range []string{"mallory", "north"} {
		conn, err := grpcnet.Dial(t.Context(), keyOf(who).Private(), grpcnet.Peer{Address: c.servers[0].address, Key: keyOf("alpha").Public()})
		require.NoError(t, err)
		t.Cleanup(func() { conn.Close() })
		for _, method := range append(methodNames(), "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch") {
			ctx, cancel := context.WithTimeout(t.Context(), long)
			st, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, method, grpc.ForceCodec(rawCodec{}))
			require.NoError(t, err)
			var out []byte
			require.Error(t, st.RecvMsg(&out), method)
			require.NoError(t, ctx.Err(), "%s of %s stays open", method, who)
			cancel()
		}
	}
	c.alive()
}
