package daemon

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/ring"
	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// consortium is what the server does for owners and operators.
type consortium struct {
	partypb.UnimplementedConsortiumServer
	d *daemon
}

// Hello says what this server is.
func (s *consortium) Hello(ctx context.Context, _ *partypb.HelloRequest) (*partypb.HelloReply, error) {
	key, _ := grpcnet.PeerKey(ctx)
	name, named := s.d.Policy.name(key)
	seal := s.d.Key.SealKey().Bytes()
	l := s.d.Policy.Limits
	return &partypb.HelloReply{
		Version: s.d.Version, WireVersion: parties.WireVersion, UnixNanos: s.d.now().UnixNano(),
		HpkeKey: seal, HpkeSignature: s.d.Key.Sign(partypb.HelloContext, seal),
		Cpu: string(ring.CurrentLevel()), Cores: uint32(runtime.GOMAXPROCS(0)),
		Limits: &partypb.Limits{
			ChunkBytes: partypb.MaxChunk, PartBytes: uint64(l.partBytes()), JobBytes: maxJobBytes,
			Rows: uint64(l.Rows), Features: uint64(l.Features), Steps: uint64(l.Steps), Jobs: uint64(l.Jobs),
		},
		Caller: &partypb.Caller{Key: identity.Fingerprint(key), Name: name, Known: named || s.d.knows(key)},
		Ready:  s.d.ready() == nil,
	}, nil
}

// Submit takes a job and approvals of it.
func (s *consortium) Submit(ctx context.Context, r *partypb.SubmitRequest) (*partypb.JobInfo, error) {
	if err := checkLength(r.GetJob()); err != nil {
		return nil, err
	}
	spec, self, err := s.d.parse(r.GetJob())
	if err != nil {
		return nil, refuse(codes.InvalidArgument, "%v", err)
	}
	id := store.ID(sha256.Sum256(r.GetJob()))
	if err := s.maySubmit(ctx, spec, id); err != nil {
		return nil, err
	}
	approvals, err := s.approvals(ctx, spec, r.GetApprovals())
	if err != nil {
		return nil, err
	}
	j, err := s.d.take(ctx, id, spec, r.GetJob(), self)
	if err != nil {
		return nil, err
	}
	if err := j.approve(ctx, approvals); err != nil {
		return nil, err
	}
	key, _ := grpcnet.PeerKey(ctx)
	info := j.info()
	info.Warning = strings.TrimPrefix(s.d.namesake(spec, key), "; ")
	return info, nil
}

// checkLength refuses what is too long for a job before it is read.
func checkLength(job []byte) error {
	if n := len(job); n == 0 || n > maxJobBytes {
		return refuse(codes.InvalidArgument, "job of %d bytes, want 1 to %d", n, maxJobBytes)
	}
	return nil
}

// maySubmit refuses callers who are not of the job, or bring a new one without
// being trusted, and jobs outside the policy.
func (s *consortium) maySubmit(ctx context.Context, spec *parties.Job, id store.ID) error {
	key, _ := grpcnet.PeerKey(ctx)
	if _, ok := spec.Party(key); !ok {
		return refuse(codes.PermissionDenied, "key %s is of no owner and no server of job %s", identity.Fingerprint(key), spec.Name)
	}
	if s.d.find(id) == nil && !s.d.trusts(key) {
		return refuse(codes.PermissionDenied, "job %s is new here, and key %s is not in this server's policy: its operator names the key there, or is the first to approve the job%s", spec.Name, identity.Fingerprint(key), s.d.namesake(spec, key))
	}
	if err := s.d.Policy.Admit(spec, s.d.Key.Public()); err != nil {
		return refuse(codes.PermissionDenied, "outside the policy of this server: %v", err)
	}
	return nil
}

// approvals checks what was sent.
func (s *consortium) approvals(ctx context.Context, spec *parties.Job, sent []*partypb.Approval) (list []parties.Approval, err error) {
	if n, most := len(sent), len(spec.Parties()); n > most {
		return nil, refuse(codes.InvalidArgument, "%d approvals of a job of %d parties", n, most)
	}
	key, _ := grpcnet.PeerKey(ctx)
	for _, m := range sent {
		a := approvalOf(m)
		if err := a.Verify(spec); err != nil {
			return nil, refuse(codes.PermissionDenied, "%v%s", err, s.d.namesake(spec, key))
		}
		list = append(list, a)
	}
	return list, nil
}

// namesake says how a job differs from another one of its name that is here and
// that the caller is of: often two sides have two versions of one file.
func (d *daemon) namesake(spec *parties.Job, caller []byte) string {
	for _, j := range d.list() {
		if other := j.spec; other.Name == spec.Name && other.Hash() != spec.Hash() && hasParty(j, caller) {
			return fmt.Sprintf("; another job %s is here, %s: %s", other.Name, j.id, difference(spec.Canonical(), j.canonical))
		}
	}
	return ""
}

// take stores a job, unless it is here.
func (d *daemon) take(ctx context.Context, id store.ID, spec *parties.Job, canonical []byte, self int) (*job, error) {
	d.taking.Lock()
	defer d.taking.Unlock()
	if j := d.find(id); j != nil {
		return j, nil
	}
	var names []string
	for _, p := range spec.Phases() {
		names = append(names, p.Name)
	}
	if _, err := d.store.AddJob(ctx, id, canonical, names); err != nil {
		return nil, told(err)
	}
	j := d.newJob(id, spec, canonical, self)
	if err := j.update(ctx, nil); err != nil {
		return nil, told(err)
	}
	d.keep(j)
	d.Log.Info("job taken", "job", id.String(), "name", spec.Name)
	return j, nil
}

// approve stores approvals that were checked.
func (j *job) approve(ctx context.Context, list []parties.Approval) error {
	err := j.update(ctx, func() error {
		for _, a := range list {
			text, err := proto.Marshal(approvalMessage(a))
			if err != nil {
				return err
			}
			if err := j.d.store.AddApproval(ctx, j.id, signer(a.Party), text, j.stale); err != nil && !errors.Is(err, store.ErrConflict) {
				return err // two valid approvals of one party say the same
			}
		}
		return nil
	})
	return told(err)
}

// stale reports that a stored approval does not count: it is of a program of
// another version.
func (j *job) stale(stored []byte) bool {
	m := &partypb.Approval{}
	return proto.Unmarshal(stored, m) != nil || approvalOf(m).Verify(j.spec) != nil
}

// info returns the job with its approvals.
func (j *job) info() *partypb.JobInfo {
	i := &partypb.JobInfo{JobHash: j.id[:], Job: j.canonical, Missing: partyMessages(j.missingApprovals()), Status: j.status()}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, a := range j.approvals {
		i.Approvals = append(i.Approvals, approvalMessage(a))
	}
	return i
}

// Job returns a job with its approvals.
func (s *consortium) Job(ctx context.Context, r *partypb.JobRequest) (*partypb.JobInfo, error) {
	j, _, err := s.d.of(ctx, r.GetJobHash())
	if err != nil {
		return nil, err
	}
	return j.info(), nil
}

// Jobs lists the caller's jobs.
func (s *consortium) Jobs(ctx context.Context, _ *partypb.JobsRequest) (*partypb.JobsReply, error) {
	key, _ := grpcnet.PeerKey(ctx)
	reply := &partypb.JobsReply{}
	all := s.d.list()
	for i := range all {
		if j := all[len(all)-1-i]; hasParty(j, key) {
			reply.Jobs = append(reply.Jobs, j.status())
		}
	}
	return reply, nil
}

func hasParty(j *job, key []byte) bool {
	_, ok := j.spec.Party(key)
	return ok
}

// of returns a job and what the caller is in it.
func (d *daemon) of(ctx context.Context, hash []byte) (*job, parties.Party, error) {
	key, _ := grpcnet.PeerKey(ctx)
	if len(hash) != len(store.ID{}) {
		return nil, parties.Party{}, refuse(codes.InvalidArgument, "job hash of %d bytes, want 32", len(hash))
	}
	j := d.find(store.ID(hash))
	if j == nil {
		return nil, parties.Party{}, refuse(codes.NotFound, "job %x… is not on this server: trainer approve brings it", hash[:4])
	}
	party, ok := j.spec.Party(key)
	if !ok {
		return nil, party, refuse(codes.PermissionDenied, "key %s is of no owner and no server of job %s", identity.Fingerprint(key), j.spec.Name)
	}
	return j, party, nil
}
