package grpcnet

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

const (
	handshakeTimeout = 5 * time.Second
	idleConnection   = time.Minute // without any stream
	pingClients      = 30 * time.Second
	clientPatience   = 10 * time.Second
	pingsFromClients = pingAfter / 2 // not more often
	maxHeaderBytes   = 8 << 10
	maxStreams       = 64      // on one connection
	maxService       = 4 << 20 // bytes in a message
)

// newServer makes the gRPC server of control and other services.
func (n *Node) newServer() *grpc.Server {
	limit := &deadlines{limit: n.deadline}
	s := grpc.NewServer(
		grpc.InTapHandle(limit.tap),
		grpc.Creds(ready{}),
		grpc.ForceServerCodecV2(newCodec()),
		grpc.ConnectionTimeout(handshakeTimeout),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionIdle: idleConnection, Time: pingClients, Timeout: clientPatience,
		}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: pingsFromClients, PermitWithoutStream: true}),
		grpc.ChainUnaryInterceptor(n.unary...),
		grpc.ChainStreamInterceptor(n.streams...),
		grpc.MaxHeaderListSize(maxHeaderBytes),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.MaxRecvMsgSize(maxService),
	)
	s.RegisterService(n.service(), nil)
	for _, register := range n.services {
		register(s)
	}
	limit.find(s)
	return s
}

// client makes a gRPC client of a connection that was dialled.
func (n *Node) client(conn *secured) (*grpc.ClientConn, error) {
	once := make(chan net.Conn, 1)
	once <- conn
	return grpc.NewClient("passthrough:///"+conn.id.address,
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) {
			select {
			case c := <-once:
				return c, nil
			default:
				return nil, errors.New("a link is not dialled twice")
			}
		}),
		grpc.WithTransportCredentials(ready{}),
		grpc.WithAuthority(serverName),
		grpc.WithDisableRetry(),
		grpc.WithDisableServiceConfig(),
		grpc.WithIdleTimeout(0),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(newCodec())),
		grpc.WithMaxHeaderListSize(maxHeaderBytes),
	)
}

// besideSessions lets the streams of sessions pass an interceptor by.
func besideSessions(f grpc.StreamServerInterceptor) grpc.StreamServerInterceptor {
	return func(srv any, st grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		if strings.HasPrefix(info.FullMethod, "/"+serviceName+"/") {
			return handler(srv, st)
		}
		return f(srv, st, info, handler)
	}
}
