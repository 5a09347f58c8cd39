package daemon

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// noteOpening writes an opening into the audit log of the job, before a word of it is
// sent. An opening that cannot be noted does not take place.
func (r *phaseRun) noteOpening(ctx context.Context, o parties.AuditEntry) error {
	line := fmt.Sprintf("attempt %d at %s, session %x: opens %s, %d values, to %v at %s", r.state.Attempt, r.phase, r.session[:4], o.What, o.Values, o.To, o.Step)
	return r.d.store.AddAudit(context.WithoutCancel(ctx), r.id, line)
}

// maxAuditLines is how many lines of an audit log are sent.
const maxAuditLines = 10_000

// Audit returns the audit log of a job.
func (s *consortium) Audit(ctx context.Context, r *partypb.JobRequest) (*partypb.AuditReply, error) {
	j, _, err := s.d.of(ctx, r.GetJobHash())
	if err != nil {
		return nil, err
	}
	entries, err := s.d.store.Audit(ctx, j.id, 1)
	if err != nil {
		return nil, err
	}
	reply := &partypb.AuditReply{}
	for _, e := range entries[max(0, len(entries)-maxAuditLines):] {
		reply.Lines = append(reply.Lines, &partypb.AuditLine{Number: e.Number, UnixNanos: e.When.UnixNano(), Text: e.Text})
	}
	return reply, nil
}

// Forget removes a job that is over from this server.
func (s *consortium) Forget(ctx context.Context, r *partypb.JobRequest) (*partypb.ForgetReply, error) {
	j, _, err := s.d.of(ctx, r.GetJobHash())
	if err != nil {
		return nil, err
	}
	if key, _ := grpcnet.PeerKey(ctx); !key.Equal(s.d.Key.Public()) {
		return nil, refuse(codes.PermissionDenied, "key %s is not that of this server: its operator removes jobs", identity.Fingerprint(key))
	}
	if !j.over() {
		return nil, refuse(codes.FailedPrecondition, "job %s is not over: cancel it first", j.spec.Name)
	}
	return &partypb.ForgetReply{}, j.forget(ctx)
}

// forget removes the job from the store and from the list. Who still holds it finds
// nothing in the store.
func (j *job) forget(ctx context.Context) error {
	j.flow.Lock()
	defer j.flow.Unlock()
	if err := j.d.store.DropJob(ctx, j.id); err != nil {
		return told(err)
	}
	j.d.mu.Lock()
	delete(j.d.jobs, j.id)
	j.d.mu.Unlock()
	j.set(nil)
	j.d.Log.Info("job removed", "job", j.id.String(), "name", j.spec.Name)
	return nil
}

// forgotten reports that the job has been removed.
func (j *job) forgotten() bool { return j.d.find(store.ID(j.id)) != j }

// maxDone is how often a phase may come to its end on a server because another one
// says that it has not noted the end.
const maxDone = 3

// ranOften reports whether a phase has been done so often that it is not run again:
// what it opens is opened again each time.
func (j *job) ranOften(ctx context.Context, p store.Phase) bool {
	all, err := j.d.store.Attempts(ctx, j.id)
	done := 0
	for _, a := range all {
		if a.Phase == p.Name && a.State == store.Done {
			done++
		}
	}
	return err != nil || done >= maxDone
}

// runAgain makes a phase ready that is done here, because another server says that
// it has not noted the end: it died just then. The audit log has who said so.
func (j *job) runAgain(ctx context.Context, phase, by string) error {
	if _, err := j.d.store.AgainPhase(ctx, j.id, phase, "a server did not finish it, says "+by); err != nil {
		return err
	}
	line := fmt.Sprintf("phase %s, which is done here, runs again: a server did not finish it, says %s", phase, by)
	return j.d.store.AddAudit(context.WithoutCancel(ctx), j.id, line)
}
