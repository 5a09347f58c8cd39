package daemon

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/trefoil-ml/trefoil/internal/prg"
	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// peerService is what the server does for the other servers of a job.
type peerService struct {
	partypb.UnimplementedPeerServer
	d *daemon
}

// nonceSize is the length of what each server brings to the name of a session.
const nonceSize = 32

func newNonce() (n [nonceSize]byte) {
	_, _ = rand.Read(n[:]) // never fails
	return n
}

type beginStream = grpc.BidiStreamingServer[partypb.BeginRequest, partypb.BeginReply]

// Begin runs one phase that server 0 proposes.
func (s *peerService) Begin(st beginStream) error {
	m, err := received(st.Context(), s.d.pace.reserve, st.Recv)
	if err != nil {
		return err
	}
	p := m.GetProposal()
	j, err := s.proposed(st.Context(), p)
	if err != nil {
		return err
	}
	if err := j.approve(st.Context(), j.valid(p.GetApprovals())); err != nil {
		return err
	}
	if no := j.against(st.Context(), p); no != nil {
		return st.Send(&partypb.BeginReply{Message: &partypb.BeginReply_Refusal{Refusal: no}})
	}
	select {
	case s.d.slot <- struct{}{}:
		defer func() { <-s.d.slot }()
	default:
		no := &partypb.BeginRefusal{Busy: true, Reasons: []string{"busy with another session"}}
		return st.Send(&partypb.BeginReply{Message: &partypb.BeginReply_Refusal{Refusal: no}})
	}
	return s.serve(st, j, p)
}

// proposed returns the job of a proposal, if the caller is its server 0.
func (s *peerService) proposed(ctx context.Context, p *partypb.BeginProposal) (*job, error) {
	if p == nil {
		return nil, refuse(codes.InvalidArgument, "the first message is a proposal")
	}
	j, party, err := s.d.of(ctx, p.GetJobHash())
	if err != nil {
		return nil, err
	}
	if party != j.spec.Parties()[0] || j.self == 0 {
		return nil, refuse(codes.PermissionDenied, "phases are proposed by server 0 to the others, not by %v to server %d", party, j.self)
	}
	if w := p.GetWireVersion(); w != parties.WireVersion {
		return nil, refuse(codes.FailedPrecondition, "wire version %d, want %d: all servers need the same release", w, parties.WireVersion)
	}
	return j, nil
}

// valid keeps the approvals that are what they say. Server 0 passes on what it has.
func (j *job) valid(sent []*partypb.Approval) (list []parties.Approval) {
	for _, m := range sent {
		a := approvalOf(m)
		if _, have := j.approval(a.Role, a.Name); !have && a.Verify(j.spec) == nil {
			list = append(list, a)
		}
	}
	return list
}

// against says why this server does not take part in a phase now, or nil.
func (j *job) against(ctx context.Context, p *partypb.BeginProposal) *partypb.BeginRefusal {
	name := p.GetPhase()
	no := &partypb.BeginRefusal{MissingApprovals: partyMessages(j.missingApprovals())}
	if missing := j.missingApprovals(); len(missing) > 0 {
		no.Reasons = append(no.Reasons, "no approval of "+partyNames(missing))
	}
	state, ok := j.stateOf(name)
	switch {
	case !ok:
		no.Reasons = append(no.Reasons, fmt.Sprintf("the job has no phase %.50q", name))
	case state.State == store.Cancelled:
		no.Reasons = append(no.Reasons, "the job was cancelled")
	case state.State == store.Running:
		no.Reasons, no.Busy = append(no.Reasons, "the last session of this phase is not over here"), true
	case state.State == store.Done && j.ranOften(ctx, state):
		no.Reasons = append(no.Reasons, fmt.Sprintf("phase %s is done here, %d times: it is not run again", name, maxDone))
	}
	if missing := j.missingParts(name); len(missing) > 0 {
		no.Reasons, no.MissingParts = append(no.Reasons, "no "+itemNames(missing)), itemMessages(missing)
	}
	no.Reasons = append(no.Reasons, j.otherCuttings(p)...)
	if len(no.Reasons) == 0 {
		return nil
	}
	return no
}

// otherCuttings names the parts that come from another cutting than those of
// server 0: shares of two cuttings do not add up to anything.
func (j *job) otherCuttings(p *partypb.BeginProposal) (reasons []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, it := range j.needs(p.GetPhase()) {
		own := j.parts[it]
		i := slices.IndexFunc(p.GetParts(), func(n *partypb.PartName) bool { return itemOf(n.GetItem()) == it })
		if own != nil && (i < 0 || !bytes.Equal(p.GetParts()[i].GetSplit(), own.GetHead().GetSplit())) {
			reasons = append(reasons, fmt.Sprintf("the %s of %s here do not belong to those on server 0: their owner has to share them again, replacing them", it.What, it.Owner))
		}
	}
	return reasons
}

// serve takes part in a phase to which this server has agreed.
func (s *peerService) serve(st beginStream, j *job, p *partypb.BeginProposal) error {
	nonce := newNonce()
	if err := st.Send(&partypb.BeginReply{Message: &partypb.BeginReply_Ready{Ready: &partypb.BeginReady{Nonce: nonce[:]}}}); err != nil {
		return err
	}
	m, err := received(st.Context(), s.d.pace.reserve, st.Recv)
	if err != nil {
		return err // server 0 has hung up: nothing has begun
	}
	nonces, err := noncesOf(m.GetStart())
	if err != nil {
		return err
	}
	if nonces[j.self] != nonce {
		return refuse(codes.InvalidArgument, "nonce of server %d is not the one that it gave", j.self)
	}
	over := make(chan *partypb.Failure, 1)
	if !s.d.goes(func() { over <- j.run(p.GetPhase(), prg.SessionID(j.id, nonces)) }) {
		return refuse(codes.Unavailable, "server is shutting down")
	}
	failed := <-over
	outcome := &partypb.BeginOutcome{Done: failed == nil, Failure: failed}
	return st.Send(&partypb.BeginReply{Message: &partypb.BeginReply_Outcome{Outcome: outcome}})
}

func noncesOf(start *partypb.BeginStart) (nonces [3][nonceSize]byte, err error) {
	if len(start.GetNonces()) != len(nonces) {
		return nonces, refuse(codes.InvalidArgument, "%d nonces, want %d", len(start.GetNonces()), len(nonces))
	}
	for i, n := range start.GetNonces() {
		if copy(nonces[i][:], n) != nonceSize || len(n) != nonceSize {
			return nonces, refuse(codes.InvalidArgument, "nonce of %d bytes, want %d", len(n), nonceSize)
		}
	}
	return nonces, nil
}

// received is what recv returns, if it does so in time. If it does not, the caller
// has to end the stream, which frees recv.
func received[T any](ctx context.Context, patience time.Duration, recv func() (T, error)) (T, error) {
	type result struct {
		m   T
		err error
	}
	got := make(chan result, 1)
	go func() {
		m, err := recv()
		got <- result{m, err}
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	var none T
	select {
	case r := <-got:
		return r.m, r.err
	case <-ctx.Done():
		return none, context.Cause(ctx)
	case <-timer.C:
		return none, refuse(codes.DeadlineExceeded, "nothing came for %v", patience)
	}
}
