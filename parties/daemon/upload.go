package daemon

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// UploadState says how much of a part is here.
func (s *consortium) UploadState(ctx context.Context, r *partypb.UploadStateRequest) (*partypb.UploadStateReply, error) {
	j, it, err := s.ownItem(ctx, r.GetJobHash(), r.GetItem())
	if err != nil {
		return nil, err
	}
	return j.uploadState(ctx, it)
}

// ownItem returns the job and an item of it that the caller owns.
func (s *consortium) ownItem(ctx context.Context, hash []byte, m *partypb.Item) (*job, parties.Item, error) {
	it := itemOf(m)
	j, party, err := s.d.of(ctx, hash)
	if err != nil {
		return nil, it, err
	}
	if party.Role != parties.RoleOwner || party.Name != it.Owner {
		return nil, it, refuse(codes.PermissionDenied, "%v is not owner %q, whose %s this is", party, it.Owner, it.What)
	}
	return j, it, nil
}

// uploadState says how much of an item is here.
func (j *job) uploadState(ctx context.Context, it parties.Item) (*partypb.UploadStateReply, error) {
	u, err := j.d.store.Upload(ctx, j.id, store.Item(it))
	if errors.Is(err, store.ErrNotFound) {
		return &partypb.UploadStateReply{}, nil
	}
	if err != nil {
		return nil, told(err)
	}
	reply := &partypb.UploadStateReply{}
	if u.Complete {
		err := proto.Unmarshal(u.Receipt, reply)
		return reply, told(err)
	}
	reply.Offset = uint64(u.Offset)
	reply.Head = &partypb.UploadHead{JobHash: j.id[:], Item: itemMessage(it), Digest: u.Digest[:], Length: uint64(u.Length)}
	return reply, nil
}

// Upload stores a part.
func (s *consortium) Upload(st grpc.ClientStreamingServer[partypb.UploadRequest, partypb.UploadStateReply]) error {
	select {
	case s.d.uploads <- struct{}{}:
		defer func() { <-s.d.uploads }()
	default:
		st.SetTrailer(metadata.Pairs(partypb.RetryAfter, "2000"))
		return refuse(codes.ResourceExhausted, "%d uploads run already: try again soon", cap(s.d.uploads))
	}
	first, err := st.Recv()
	if err != nil {
		return err
	}
	h := first.GetHead()
	if h == nil {
		return refuse(codes.InvalidArgument, "an upload begins with a head")
	}
	j, it, err := s.ownItem(st.Context(), h.GetJobHash(), h.GetItem())
	if err != nil {
		return err
	}
	if err := j.mayUpload(it, h); err != nil {
		return err
	}
	reply, err := j.upload(st, it, h)
	if err != nil {
		return err
	}
	return st.SendAndClose(reply)
}

// mayUpload refuses what is not in the job, too large, or early.
func (j *job) mayUpload(it parties.Item, h *partypb.UploadHead) error {
	most := j.d.Policy.Limits.partBytes()
	if _, ok := j.phaseOf(it); !ok {
		return refuse(codes.InvalidArgument, "job %s needs no %s of owner %s", j.spec.Name, it.What, it.Owner)
	}
	if h.GetLength() == 0 || h.GetLength() > uint64(most) {
		return refuse(codes.ResourceExhausted, "%s of %d bytes, this server takes 1 to %d (limits.part_mib of its policy)", it.What, h.GetLength(), most)
	}
	if len(h.GetDigest()) != 32 || len(h.GetSplit()) != partypb.SplitSize {
		return refuse(codes.InvalidArgument, "digest of %d bytes and split of %d, want 32 and %d", len(h.GetDigest()), len(h.GetSplit()), partypb.SplitSize)
	}
	for _, p := range []parties.Party{j.spec.Parties()[j.self], {Role: parties.RoleOwner, Name: it.Owner}} {
		if _, ok := j.approval(p.Role, p.Name); !ok {
			return refuse(codes.FailedPrecondition, "%v has not approved the job here yet", p)
		}
	}
	return nil
}

// upload takes chunks until the part is complete. Another upload of the same item
// by its owner takes over: the earlier one is likely dead.
func (j *job) upload(st grpc.ClientStreamingServer[partypb.UploadRequest, partypb.UploadStateReply], it parties.Item, h *partypb.UploadHead) (*partypb.UploadStateReply, error) {
	ctx, done := j.lines.enter(st.Context(), it)
	defer done()
	if h.GetReplace() {
		if err := j.discard(ctx, it, h); err != nil {
			return nil, err
		}
	}
	u, err := j.d.store.BeginUpload(ctx, j.id, store.Item(it), int64(h.GetLength()), store.ID(h.GetDigest()))
	if err == nil && u.Complete {
		return j.uploadState(ctx, it) // the same part again
	}
	for err == nil && u.Offset < u.Length {
		u, err = j.chunk(ctx, st, it, h.GetLength())
	}
	if errors.Is(err, io.EOF) {
		return nil, refuse(codes.Aborted, "%s ended after %d bytes of %d: go on there", it.What, u.Offset, u.Length)
	}
	if err != nil {
		return nil, told(err)
	}
	return j.finish(ctx, it, h)
}

// chunk stores the next bytes.
func (j *job) chunk(ctx context.Context, st grpc.ClientStreamingServer[partypb.UploadRequest, partypb.UploadStateReply], it parties.Item, length uint64) (store.Upload, error) {
	m, err := st.Recv()
	if err != nil {
		u, _ := j.d.store.Upload(context.WithoutCancel(ctx), j.id, store.Item(it))
		return u, err
	}
	c := m.GetChunk()
	if c == nil {
		return store.Upload{}, refuse(codes.InvalidArgument, "a second head within an upload")
	}
	if end := c.GetOffset() + uint64(len(c.GetData())); end > length {
		return store.Upload{}, refuse(codes.InvalidArgument, "%d bytes of %s, and %d were announced", end, it.What, length)
	}
	u, err := j.d.store.AppendUpload(ctx, j.id, store.Item(it), int64(c.GetOffset()), c.GetData())
	if err == nil {
		j.d.metrics.received.Add(float64(len(c.GetData())))
	}
	return u, err
}

// discard makes room for another part in the place of one that is here.
func (j *job) discard(ctx context.Context, it parties.Item, h *partypb.UploadHead) error {
	u, err := j.d.store.Upload(ctx, j.id, store.Item(it))
	if errors.Is(err, store.ErrNotFound) || err == nil && u.Digest == store.ID(h.GetDigest()) {
		return nil
	}
	phase, _ := j.phaseOf(it)
	return told(j.update(ctx, func() error { return j.d.store.DiscardUpload(ctx, j.id, phase, store.Item(it)) }))
}

// finish makes a part complete and signs for it.
func (j *job) finish(ctx context.Context, it parties.Item, h *partypb.UploadHead) (*partypb.UploadStateReply, error) {
	head := proto.Clone(h).(*partypb.UploadHead)
	head.Replace = false
	receipt := &partypb.Receipt{JobHash: j.id[:], Item: itemMessage(it), Server: uint32(j.self), Digest: h.GetDigest(), Length: h.GetLength()}
	receipt.Signature = j.d.Key.Sign(partypb.ReceiptContext, receipt.SignedBytes())
	text, err := proto.Marshal(&partypb.UploadStateReply{Offset: h.GetLength(), Complete: true, Head: head, Receipt: receipt})
	if err != nil {
		return nil, err
	}
	err = j.update(ctx, func() error {
		if _, err := j.d.store.FinishUpload(ctx, j.id, store.Item(it), text); err != nil {
			return err
		}
		return j.verify(ctx, it, h.GetSplit())
	})
	if err != nil {
		return nil, told(err)
	}
	j.d.Log.Info("part complete", "job", j.id.String(), "item", it.What, "owner", it.Owner, "bytes", h.GetLength())
	return j.uploadState(ctx, it)
}

// tryOpen opens an item, and looks at what its owner should have seen.
func (j *job) tryOpen(ctx context.Context, it parties.Item, split []byte) error {
	if it.What == parties.ItemStartFile {
		text, err := j.openText(ctx, it, split)
		if err != nil {
			return err
		}
		return j.spec.CheckStartFile(text)
	}
	part, err := j.openPart(ctx, it, split)
	if err == nil && it.What == parties.ItemStart {
		err = j.spec.CheckStartCount(part.Len())
	}
	return err
}

// verify opens a part that has come in, and removes it if it does not open: its
// owner is there to hear of it, and when the phase begins it may not be.
func (j *job) verify(ctx context.Context, it parties.Item, split []byte) error {
	err := j.tryOpen(ctx, it, split)
	if err == nil {
		return nil
	}
	phase, _ := j.phaseOf(it)
	if err := j.d.store.DiscardUpload(context.WithoutCancel(ctx), j.id, phase, store.Item(it)); err != nil {
		return err
	}
	return refuse(codes.InvalidArgument, "%s of owner %s is of no use to server %d of job %s: %v", it.What, it.Owner, j.self, j.spec.Name, err)
}
