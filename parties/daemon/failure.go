package daemon

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// ended notes how the attempt ended. It returns nil if it went well.
func (r *phaseRun) ended(err error) *partypb.Failure {
	if err == nil {
		return nil
	}
	f := &partypb.Failure{
		Phase: r.phase, Attempt: uint32(r.state.Attempt), Server: int32(origin(err, r.self)), Step: r.place(),
		Reason: printable(reason(err)), UnixNanos: time.Now().UnixNano(), By: serverName(r.self), Session: r.session[:],
	}
	r.d.Log.Error("phase failed", "job", r.id.String(), "phase", r.phase, "attempt", f.GetAttempt(), "server", f.GetServer(), "step", f.GetStep(), "error", err)
	if err := r.fail(f, isPassing(err)); err != nil {
		r.d.Log.Error("failure not stored", "job", r.id.String(), "error", err)
	}
	a := &partypb.Announcement{JobHash: r.id[:], What: &partypb.Announcement_Failure{Failure: f}}
	r.d.goes(func() { r.announceAll(r.d.ctx, a) })
	return f
}

// fail stores a failure. The phase is ready again if another attempt may go
// better, and else held.
func (r *phaseRun) fail(f *partypb.Failure, passing bool) error {
	text, err := protojson.Marshal(f)
	if err != nil {
		return err
	}
	ctx := context.WithoutCancel(r.d.ctx)
	return r.update(ctx, func() error {
		r.set(func() { r.failure, r.tries = f, r.tries+1 })
		if p, err := r.d.store.FailPhase(ctx, r.id, r.phase, r.session, string(text)); err != nil || p.State != store.Failed {
			return err
		}
		if !passing || r.self == 0 && r.tries > r.d.Retries {
			return nil
		}
		_, err := r.d.store.ReadyPhase(ctx, r.id, r.phase)
		return err
	})
}

// setupError is why a session did not begin. Nothing was computed.
type setupError struct{ err error }

// Error is the text of the reason.
func (e *setupError) Error() string { return e.err.Error() }

// Unwrap returns the reason.
func (e *setupError) Unwrap() error { return e.err }

// origin is the server where an error arose.
func origin(err error, self int) int {
	if errors.Is(err, errDeadlock) {
		return -1
	}
	if setup, ok := errors.AsType[*grpcnet.SetupError](err); ok {
		return setup.Server
	}
	if peer, ok := errors.AsType[*transport.PeerError](err); ok {
		return peer.Server
	}
	return self
}

// reason is the text of an error, without the names of servers that stand beside
// it anyway.
func reason(err error) string {
	if peer, ok := errors.AsType[*transport.PeerError](err); ok {
		return peer.Cause.Error()
	}
	return err.Error()
}

// isPassing reports whether an error is one of connections and machines, not of
// the job or its data.
func isPassing(err error) bool {
	_, setup := errors.AsType[*setupError](err)
	for _, known := range []error{grpcnet.ErrLost, grpcnet.ErrNodeClosed, store.ErrDiskFull, errSilent, errDeadlock} {
		if errors.Is(err, known) {
			return true
		}
	}
	return setup
}
