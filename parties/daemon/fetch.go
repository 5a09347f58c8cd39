package daemon

import (
	"context"
	"errors"
	"io"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// Deliveries lists what is here for the caller.
func (s *consortium) Deliveries(ctx context.Context, r *partypb.JobRequest) (*partypb.DeliveriesReply, error) {
	j, party, err := s.d.of(ctx, r.GetJobHash())
	if err != nil {
		return nil, err
	}
	if party.Role != parties.RoleOwner {
		return nil, refuse(codes.PermissionDenied, "%v is given nothing: deliveries are for owners", party)
	}
	all, err := s.d.store.Deliveries(ctx, j.id)
	if err != nil {
		return nil, told(err)
	}
	reply := &partypb.DeliveriesReply{}
	for _, d := range slices.Backward(all) { // the newest first
		if d.Item.Owner == party.Name {
			reply.Deliveries = append(reply.Deliveries, &partypb.Delivery{
				Item: itemMessage(parties.Item(d.Item)), Phase: d.Phase, Session: d.Session[:], Length: uint64(d.Length), Digest: d.Digest[:],
			})
		}
	}
	return reply, nil
}

// Fetch streams a delivery.
func (s *consortium) Fetch(r *partypb.FetchRequest, st grpc.ServerStreamingServer[partypb.FetchReply]) error {
	j, it, err := s.ownItem(st.Context(), r.GetJobHash(), r.GetItem())
	if err != nil {
		return err
	}
	if len(r.GetSession()) != partypb.SessionSize {
		return refuse(codes.InvalidArgument, "session of %d bytes, want %d", len(r.GetSession()), partypb.SessionSize)
	}
	in, err := s.d.store.OpenDelivery(st.Context(), j.id, store.ID(r.GetSession()), store.Item(it))
	if err != nil {
		return told(err)
	}
	if r.GetOffset() > uint64(in.Size()) {
		return refuse(codes.InvalidArgument, "offset %d of a delivery of %d bytes", r.GetOffset(), in.Size())
	}
	if _, err := io.CopyN(io.Discard, in, int64(r.GetOffset())); err != nil {
		return told(err)
	}
	return s.send(in, r.GetOffset(), st)
}

// send streams what is left of in.
func (s *consortium) send(in io.Reader, offset uint64, st grpc.ServerStreamingServer[partypb.FetchReply]) error {
	buf := make([]byte, partypb.MaxChunk)
	for {
		n, err := io.ReadFull(in, buf)
		if n > 0 {
			c := &partypb.Chunk{Offset: offset, Data: buf[:n]}
			if err := st.Send(&partypb.FetchReply{Chunk: c}); err != nil {
				return err
			}
			offset += uint64(n)
			s.d.metrics.sent.Add(float64(n))
		}
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return told(err)
		}
	}
}
