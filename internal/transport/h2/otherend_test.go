package h2

import (
	"cmp"
	"crypto/tls"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// wild is an error whose text gRPC has to escape.
var wild = status.Error(codes.ResourceExhausted, "100% of «ключ» \n\t%41 ~ \x7f")

// TestOtherEnd has grpc-go at the other end, as the server and as the client, without
// TLS and with it.
func TestOtherEnd(t *testing.T) {
	for what, config := range map[string]*tls.Config{"plain": nil, "TLS": certified(t)} {
		t.Run("server "+what, func(t *testing.T) { testOtherServer(t, otherServer(t, config)) })
		t.Run("client "+what, func(t *testing.T) { testOtherClient(t, config) })
	}
}

// dialer makes a connection to a server.
type dialer func(t *testing.T) net.Conn

func testOtherServer(t *testing.T, dial dialer) {
	open := func(t *testing.T, method string) (*Conn, error) {
		r := aRequest
		r.Method = method
		c, err := Open(t.Context(), dial(t), r)
		if err == nil {
			t.Cleanup(func() { c.Close() })
		}
		return c, err
	}
	t.Run("messages", func(t *testing.T) {
		c, err := open(t, "/test.Service/Echo")
		require.NoError(t, err)
		exchange(t, func(b []byte) error { return c.Send(b[:min(len(b), 24)], b[min(len(b), 24):]) },
			func() ([]byte, error) { return receive(c) })
	})
	for last, want := range map[string]error{goodEnd: io.EOF, badEnd: wild} {
		t.Run(last, func(t *testing.T) {
			c, err := open(t, "/test.Service/Echo")
			require.NoError(t, err)
			require.NoError(t, c.Send(nil, []byte(last)))
			for range 2 { // and it stays so
				_, err = c.Next()
				requireSame(t, want, err)
			}
			requireSame(t, want, c.Send(nil, make([]byte, 1<<20)))
		})
	}
	for method, want := range map[string]error{
		"/test.Service/Fail":    wild,
		"/test.Service/Nothing": status.Error(codes.Unimplemented, "unknown method Nothing for service test.Service"),
		"/test.Service/From":    status.Error(codes.Aborted, "peer [alpha]"), // its metadata has come
	} {
		t.Run(method, func(t *testing.T) {
			_, err := open(t, method)
			requireSame(t, want, err)
		})
	}
}

func testOtherClient(t *testing.T, config *tls.Config) {
	t.Run("messages", func(t *testing.T) {
		began, ended := make(chan Request, 1), make(chan error, 1)
		st := otherClient(t, config, func(c *Conn, r Request) {
			began <- r
			ended <- cmp.Or(c.Welcome(), echo(c))
		})
		r := <-began
		require.Equal(t, aRequest.Method, r.Method)
		require.Equal(t, aRequest.Authority, r.Authority)
		require.Equal(t, []string{"alpha"}, r.Metadata.Get("x-from"))
		exchange(t, func(b []byte) error { return st.SendMsg(&b) }, func() (b []byte, err error) {
			err = st.RecvMsg(&b)
			return b, err
		})
		require.NoError(t, st.CloseSend())
		require.Equal(t, io.EOF, <-ended)
	})
	t.Run("refusal", func(t *testing.T) {
		st := otherClient(t, config, func(c *Conn, _ Request) { _ = c.Refuse(wild) })
		requireSame(t, wild, st.RecvMsg(new([]byte)))
	})
}

// requireSame checks that got is want, or has the same code and text.
func requireSame(t *testing.T, want, got error) {
	t.Helper()
	if s, ok := status.FromError(want); ok {
		g, _ := status.FromError(got)
		require.Equal(t, s.Code(), g.Code(), got)
		require.Equal(t, s.Message(), g.Message())
		return
	}
	require.Equal(t, want, got)
}

// exchange sends messages of many sizes, more than the windows of grpc-go take, while it
// receives them back.
func exchange(t *testing.T, send func([]byte) error, receive func() ([]byte, error)) {
	t.Helper()
	sizes := []int{0, 1, 5, 16<<10 - 1, 16 << 10, 16<<10 + 1, 1 << 20, 3 << 20, 0}
	for range 300 {
		sizes = append(sizes, 1000)
	}
	sent := make(chan error, 1)
	go func() {
		var err error
		for i := 0; i < len(sizes) && err == nil; i++ {
			err = send(pattern(sizes[i], byte(i)))
		}
		sent <- err
	}()
	for i, n := range sizes {
		b, err := receive()
		require.NoError(t, err)
		require.True(t, string(pattern(n, byte(i))) == string(b), "message %d of %d bytes, %d came", i, n, len(b))
	}
	require.NoError(t, <-sent)
}
