package grpcnet

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/tap"
)

// deadlines give unary calls a deadline at their first frame.
type deadlines struct {
	limit time.Duration // 0: none
	unary map[string]struct{}
}

// find finds the unary methods of a server, before it serves.
func (d *deadlines) find(s *grpc.Server) {
	d.unary = map[string]struct{}{}
	for service, info := range s.GetServiceInfo() {
		for _, m := range info.Methods {
			if !m.IsClientStream && !m.IsServerStream {
				d.unary["/"+service+"/"+m.Name] = struct{}{}
			}
		}
	}
}

// tap sees a call before gRPC reads its message. The context that it gets ends with
// the call.
func (d *deadlines) tap(ctx context.Context, call *tap.Info) (context.Context, error) {
	if _, ok := d.unary[call.FullMethodName]; !ok || d.limit == 0 {
		return ctx, nil
	}
	bounded, cancel := context.WithTimeout(ctx, d.limit)
	context.AfterFunc(ctx, cancel)
	return bounded, nil
}
