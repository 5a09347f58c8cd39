package daemon

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// Links tries to reach the other two servers of a job.
func (s *consortium) Links(ctx context.Context, r *partypb.LinksRequest) (*partypb.LinksReply, error) {
	if err := checkLength(r.GetJob()); err != nil {
		return nil, err
	}
	spec, self, err := s.d.parse(r.GetJob())
	if err != nil {
		return nil, refuse(codes.InvalidArgument, "%v", err)
	}
	key, _ := grpcnet.PeerKey(ctx)
	if _, ok := spec.Party(key); !ok {
		return nil, refuse(codes.PermissionDenied, "key %s is of no owner and no server of job %s", identity.Fingerprint(key), spec.Name)
	}
	if !s.d.trusts(key) && s.d.find(store.ID(spec.Hash())) == nil {
		return nil, refuse(codes.PermissionDenied, "key %s is not in this server's policy", identity.Fingerprint(key))
	}
	j := s.d.newJob(store.ID(spec.Hash()), spec, r.GetJob(), self)
	reply := &partypb.LinksReply{Links: make([]*partypb.LinkState, 2)}
	var wg sync.WaitGroup
	for i, server := range j.others() {
		wg.Go(func() { reply.Links[i] = j.link(ctx, server) })
	}
	wg.Wait()
	return reply, nil
}

// link tries to reach one server.
func (j *job) link(ctx context.Context, server int) *partypb.LinkState {
	l := &partypb.LinkState{Server: uint32(server)}
	err := j.call(ctx, server, func(ctx context.Context, conn *grpc.ClientConn) error {
		begin := time.Now()
		hello, err := partypb.NewConsortiumClient(conn).Hello(ctx, &partypb.HelloRequest{})
		l.RoundTripNanos, l.WireVersion = uint64(time.Since(begin)), hello.GetWireVersion()
		return err
	})
	l.Reached = err == nil
	if err != nil {
		l.Error = err.Error()
	} else if l.WireVersion != parties.WireVersion {
		l.Error = "another wire version"
	}
	return l
}
