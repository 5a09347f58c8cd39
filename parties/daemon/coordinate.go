package daemon

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/trefoil-ml/trefoil/internal/prg"
	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// coordinate starts the phases of those jobs in which this is server 0, one after
// another, the oldest job first.
func (d *daemon) coordinate(ctx context.Context) {
	for ctx.Err() == nil {
		j, wait := d.due(time.Now())
		if j != nil {
			d.propose(ctx, j)
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-d.wake:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// rest is how long the coordinator sleeps when it waits for nothing but a call.
const rest = time.Hour

// due returns the first job to propose now, or how long to wait for one.
func (d *daemon) due(now time.Time) (*job, time.Duration) {
	wait := rest
	for _, j := range d.list() {
		p, ok := j.current()
		if !ok || j.self != 0 || p.State != store.Ready {
			continue
		}
		j.mu.Lock()
		next := j.next.Sub(now)
		j.mu.Unlock()
		if next <= 0 {
			return j, 0
		}
		wait = min(wait, next)
	}
	return nil, wait
}

// propose asks the other two servers to run the next phase of a job, and runs it if
// both agree.
func (d *daemon) propose(ctx context.Context, j *job) {
	p, ok := j.current()
	if !ok {
		return
	}
	select {
	case d.slot <- struct{}{}:
	default:
		j.later("this server is busy with another session")
		return
	}
	talks, err := j.askBoth(ctx, p)
	if err != nil {
		<-d.slot
		talks.hangUp()
		j.later(against(err))
		return
	}
	failed := j.start(p.Name, talks)
	<-d.slot
	talks.hangUp()
	if failed != nil {
		j.backOff()
	}
	d.stir()
}

// later has the phase proposed again after a while: soon at first.
func (j *job) later(why string) {
	j.set(func() {
		j.waiting = why
		j.next = time.Now().Add(j.uneven(min(j.d.pace.ask<<min(j.retries, 10), j.d.pace.probe)))
		j.retries++
	})
}

// uneven makes a pause up to half longer or shorter, by the name of the job. Two
// servers that propose a job to each other, and find each other busy, do not do so
// again in step.
func (j *job) uneven(pause time.Duration) time.Duration {
	return pause/2 + pause/256*time.Duration(j.id[j.retries%len(j.id)])
}

// backOff has a phase that failed wait before it is tried again.
func (j *job) backOff() {
	j.set(func() {
		j.waiting = "the next attempt"
		j.next = time.Now().Add(j.d.pace.again << min(max(j.tries-1, 0), 10))
	})
	if p, ok := j.current(); ok && p.State == store.Failed {
		j.d.Log.Warn("job held", "job", j.id.String(), "phase", p.Name, "attempts", p.Attempt)
		held := &partypb.Announcement{JobHash: j.id[:], What: &partypb.Announcement_Held{Held: &partypb.Held{Attempts: uint32(p.Attempt)}}}
		j.d.goes(func() { j.announceAll(j.d.ctx, held) })
	}
}

// talk is a Begin call to one server.
type talk struct {
	server int
	stream grpc.BidiStreamingClient[partypb.BeginRequest, partypb.BeginReply]
	nonce  []byte
	cancel context.CancelFunc
}

type talks [2]*talk

// hangUp ends both calls, which frees who has agreed and not begun.
func (list talks) hangUp() {
	for _, t := range list {
		if t != nil {
			t.cancel()
		}
	}
}

// askBoth proposes a phase to both other servers. The error says what is against
// it.
func (j *job) askBoth(ctx context.Context, p store.Phase) (talks, error) {
	var list talks
	var errs [2]error
	proposal := j.proposal(p)
	var wg sync.WaitGroup
	for i, server := range j.others() {
		wg.Go(func() { list[i], errs[i] = j.askOne(ctx, server, proposal) })
	}
	wg.Wait()
	return list, errors.Join(errs[:]...)
}

func (j *job) proposal(p store.Phase) *partypb.BeginProposal {
	m := &partypb.BeginProposal{JobHash: j.id[:], Phase: p.Name, Attempt: uint32(p.Attempt + 1), WireVersion: parties.WireVersion}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, it := range j.needs(p.Name) {
		m.Parts = append(m.Parts, &partypb.PartName{Item: itemMessage(it), Split: j.parts[it].GetHead().GetSplit()})
	}
	for _, a := range j.approvals {
		m.Approvals = append(m.Approvals, approvalMessage(a))
	}
	return m
}

// askOne proposes a phase to one server.
func (j *job) askOne(ctx context.Context, server int, p *partypb.BeginProposal) (*talk, error) {
	t := &talk{server: server}
	err := j.call(ctx, server, func(short context.Context, conn *grpc.ClientConn) (err error) {
		var long context.Context
		long, t.cancel = context.WithCancel(ctx) // the call lasts as long as the phase
		if t.stream, err = partypb.NewPeerClient(conn).Begin(long); err != nil {
			return err
		}
		if err = t.stream.Send(&partypb.BeginRequest{Message: &partypb.BeginRequest_Proposal{Proposal: p}}); err != nil {
			_, err = t.stream.Recv() // why the stream has ended
			return err
		}
		reply, err := received(short, j.d.pace.call, t.stream.Recv)
		if err != nil {
			return err
		}
		t.nonce = reply.GetReady().GetNonce()
		if no := reply.GetRefusal(); no != nil {
			return &refusal{no}
		}
		if len(t.nonce) != nonceSize {
			return fmt.Errorf("nonce of %d bytes, want %d", len(t.nonce), nonceSize)
		}
		return nil
	})
	if err == nil {
		return t, nil
	}
	if t.cancel != nil {
		t.cancel()
	}
	return nil, err
}

// against is what stands against a phase, but for what other servers lack, which
// their own status tells.
func against(err error) string {
	var what []string
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		if no, ok := errors.AsType[*refusal](e); ok && len(no.GetMissingParts())+len(no.GetMissingApprovals()) > 0 {
			continue
		}
		what = append(what, e.Error())
	}
	return strings.Join(what, "; ")
}

// refusal is why a server does not begin.
type refusal struct{ *partypb.BeginRefusal }

func isRefusal(err error) bool {
	_, ok := errors.AsType[*refusal](err)
	return ok
}

func (r *refusal) Error() string { return printable(strings.Join(r.GetReasons(), "; ")) }

// start begins the phase on all three servers, and returns how it failed, or nil.
func (j *job) start(phase string, list talks) *partypb.Failure {
	var nonces [3][nonceSize]byte
	nonces[j.self] = newNonce()
	for _, t := range list {
		nonces[t.server] = [nonceSize]byte(t.nonce)
	}
	m := &partypb.BeginStart{}
	for _, n := range nonces {
		m.Nonces = append(m.Nonces, n[:])
	}
	for _, t := range list {
		// A server that has gone by now is missed when the session is set up.
		_ = t.stream.Send(&partypb.BeginRequest{Message: &partypb.BeginRequest_Start{Start: m}})
	}
	return j.run(phase, prg.SessionID(j.id, nonces))
}
