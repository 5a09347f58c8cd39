package daemon

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// run runs a phase in a session as this server of the job, whose slot the caller
// holds. It returns nil if the phase is done, or how it failed, which the job
// keeps and the other servers are told.
func (j *job) run(phase string, session [32]byte) *partypb.Failure {
	ctx, stop := context.WithCancelCause(j.d.ctx)
	defer stop(nil)
	r := &phaseRun{job: j, phase: phase, session: session, began: time.Now()}
	err := j.update(ctx, func() (err error) {
		j.set(func() { j.stop = stop })
		r.state, err = r.begin(ctx)
		return err
	})
	if err == nil {
		j.d.Log.Info("phase begins", "job", j.id.String(), "phase", phase, "session", grpcnet.SessionID(session).String(), "attempt", r.state.Attempt)
		err = r.attempt(ctx)
	}
	j.d.metrics.phase(phase, time.Since(r.began), err)
	f := r.ended(err)
	j.set(func() { j.stop, j.progress = nil, nil })
	return f
}

// phaseRun is one attempt at a phase.
type phaseRun struct {
	*job
	phase   string
	session [32]byte
	state   store.Phase
	began   time.Time
	rows    int64 // of the owners so far

	measuring atomic.Bool
	links     parties.Network
}

// begin notes the attempt in the store. A phase that is done here, but not
// everywhere, is done again.
func (r *phaseRun) begin(ctx context.Context) (store.Phase, error) {
	if p, ok := r.stateOf(r.phase); ok && p.State == store.Done {
		if err := r.runAgain(ctx, r.phase, "server 0"); err != nil {
			return p, err
		}
	}
	return r.d.store.BeginPhase(ctx, r.id, r.phase, r.session)
}

// attempt runs the phase with the other two and stores what it gives.
func (r *phaseRun) attempt(ctx context.Context) error {
	peers, err := r.peersOf()
	if err != nil {
		return err
	}
	r.tell("connecting")
	conn, err := r.d.node.Connect(ctx, r.session, r.self, peers)
	if err != nil {
		return &setupError{err}
	}
	// Whatever happens from here on, the other two hear of it.
	p := &pulse{Conn: r.d.tamper(conn)}
	watched := make(chan struct{})
	r.d.goes(func() { r.watch(p, watched) })
	err = r.safely(ctx, p)
	close(watched)
	conn.Close(err)
	return err
}

func (r *phaseRun) peersOf() (peers [transport.Servers]grpcnet.Peer, err error) {
	for i, s := range r.spec.Servers {
		if peers[i].Key, err = identity.ParseFingerprint(s.Key); err != nil {
			return peers, err
		}
		peers[i].Address = s.Address
	}
	return peers, nil
}

// over runs the phase over a connection.
func (r *phaseRun) over(ctx context.Context, conn transport.Conn) error {
	cut := context.AfterFunc(ctx, func() { conn.Close(context.Cause(ctx)) })
	defer cut()
	keys, err := parties.AgreeKeys(conn, r.session)
	if err != nil {
		return err
	}
	if err := r.measure(ctx, conn); err != nil {
		return err
	}
	run := parties.PhaseRun{
		Job: r.spec, Phase: r.phase, Link: r.links.Link(), OnEvent: r.on,
		Box:    &box{r},
		OnOpen: func(o parties.AuditEntry) error { return r.noteOpening(ctx, o) },
	}
	report, err := run.Run(ctx, conn, keys)
	if err != nil {
		return err
	}
	r.tell("waiting for the others to finish")
	if err := allDone(conn); err != nil {
		return err
	}
	return r.finish(ctx, report)
}

// measure finds out how slow the links are, by which the phase chooses its
// protocols.
func (r *phaseRun) measure(ctx context.Context, conn transport.Conn) (err error) {
	r.tell("measuring the links")
	begin := time.Now()
	r.measuring.Store(true)
	defer r.measuring.Store(false)
	if r.links, err = parties.MeasureNetwork(ctx, conn); err != nil {
		return err
	}
	r.d.Log.Info("links measured", "job", r.id.String(), "phase", r.phase, "network", r.links.String(), "seconds", time.Since(begin).Seconds())
	r.set(func() { r.job.network = networkMessage(r.links) })
	return nil
}

func networkMessage(n parties.Network) *partypb.Network {
	return &partypb.Network{DelayNanos: uint64(math.Round(n.Delay * 1e9)), BytesPerSecond: uint64(math.Round(n.Bandwidth))}
}

// doneLane is where servers say that they have stored what the phase gives. Lane 0
// is that of the keys, and those of the engine are hashes.
const doneLane, doneSeq = 0, 1

// allDone returns when all three servers have stored what the phase gives. Who
// hears an orderly end has been told by one that knew.
func allDone(conn transport.Conn) error {
	others := [2]int{(conn.Server() + 1) % transport.Servers, (conn.Server() + 2) % transport.Servers}
	for _, to := range others {
		if err := conn.Send(to, transport.Tag{Lane: doneLane, Seq: doneSeq}, conn.Get(0)); err != nil && !errors.Is(err, transport.ErrClosed) {
			return err
		}
	}
	for _, from := range others {
		words, _, err := conn.Recv(from, doneLane, doneSeq)
		if errors.Is(err, transport.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		conn.Put(words)
	}
	return nil
}

// finish marks the phase done and publishes its deliveries. The other two may have
// done so: from here on a shutdown does not stop it.
func (r *phaseRun) finish(ctx context.Context, report *parties.PhaseReport) error {
	m := r.report(report)
	text, err := proto.Marshal(m)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	return r.update(ctx, func() error {
		_, err := r.d.store.FinishPhase(ctx, r.id, r.phase, r.session, text)
		if err == nil {
			r.set(func() { r.job.failure, r.tries, r.waiting = nil, 0, "" })
			r.d.Log.Info("phase done", "job", r.id.String(), "phase", r.phase, "seconds", time.Since(r.began).Seconds(), "rounds", m.GetRounds())
		}
		return err
	})
}

func (r *phaseRun) report(p *parties.PhaseReport) *partypb.PhaseReport {
	m := &partypb.PhaseReport{
		Phase: r.phase, Session: r.session[:], Rounds: uint64(p.Rounds), BytesSent: uint64(p.BytesSent),
		Network: networkMessage(r.links), Steps: uint64(p.Steps), TrainNanos: uint64(p.TrainSeconds * 1e9), PeakMemory: uint64(max(parties.PeakMemory(), 0)),
	}
	for _, o := range p.Audit {
		m.Openings = append(m.Openings, &partypb.Opening{
			Seq: uint64(o.Seq), What: o.What, To: o.To, Step: o.Step, Values: uint64(o.Values), Round: uint64(o.Round),
		})
	}
	return m
}
