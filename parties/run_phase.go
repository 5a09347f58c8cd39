package parties

import (
	"context"
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/prg"
	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/tensor"
)

// PhaseRun is one server's side of one phase of a checked job.
type PhaseRun struct {
	Job   *Job
	Phase string
	Box   Box

	// Link says how slow the network is; the servers have to agree on it. The zero
	// one stands for a fast network.
	Link mpc.Link

	// OnEvent, if set, is told of progress: of what this server knows.
	OnEvent func(Event)

	// OnOpen, if set, notes every opening before a word of it is sent; an error ends
	// the phase.
	OnOpen func(AuditEntry) error
}

// PhaseReport is what a phase cost and opened on one server.
type PhaseReport struct {
	Phase        string
	Rounds       int   // longest chain of messages
	BytesSent    int64 // payload
	Audit        []AuditEntry
	TrainSeconds float64 // of the steps
	Steps        int
	Network      *Network // nil if the servers have not measured it

	mpc *mpc.Report
}

// Run runs the phase as one server over conn, which must be fresh, as keys must.
func (r PhaseRun) Run(ctx context.Context, conn transport.Conn, keys prg.Keys) (*PhaseReport, error) {
	opts := mpc.Options{Rounding: r.Job.rounding(), CoarseSigns: r.Job.coarseSigns(), Link: r.Link, OnOpen: r.onOpen()}
	sv := r.server(ctx, conn.Server())
	var err error
	sv.report.mpc, err = mpc.Run(ctx, conn, keys, sv.policy, opts, func(p *mpc.Party) error { return sv.serve(p) })
	return sv.report.complete(), err
}

// onOpen passes openings on as entries of the audit log.
func (r PhaseRun) onOpen() func(mpc.Opening) error {
	if r.OnOpen == nil {
		return nil
	}
	return func(o mpc.Opening) error { return r.OnOpen(auditEntry(o)) }
}

func auditEntry(o mpc.Opening) AuditEntry {
	return AuditEntry{Seq: o.Seq, What: o.What, To: o.To, Step: o.Step, Values: o.Values, Round: o.Round}
}

// clear runs the phase on the clear engine.
func (r PhaseRun) clear(ctx context.Context) (*PhaseReport, error) {
	opts := mpc.ClearOptions{Rounding: r.Job.rounding(), CoarseSigns: r.Job.coarseSigns(), Seed: r.Job.Train.Seed}
	sv := r.server(ctx, 0)
	var err error
	sv.report.mpc, err = mpc.RunClear(ctx, sv.policy, opts, func(e *mpc.Clear) error { return sv.serve(e) })
	return sv.report.complete(), err
}

func (r PhaseRun) server(ctx context.Context, index int) *server {
	return &server{PhaseRun: r, ctx: ctx, policy: r.Job.policy(), index: index, report: &PhaseReport{Phase: r.Phase}}
}

// serve is what a server does in the phase, on either engine.
func (sv *server) serve(e mpc.Engine) (err error) {
	sv.engine = e
	if sv.s, err = tensor.NewSession(e, sv.Job.Number.FractionBits); err != nil {
		return err
	}
	switch sv.Phase {
	case PhaseStandardise:
		return sv.standardise()
	case PhaseTrain:
		return sv.trainAndPublish()
	case PhaseMetrics:
		return sv.pool()
	}
	return fmt.Errorf("parties: phase %q, want one that Job.Phases lists", sv.Phase)
}

// complete takes over what the engine reports.
func (r *PhaseReport) complete() *PhaseReport {
	if r.mpc == nil {
		return r
	}
	r.Rounds, r.BytesSent = r.mpc.Rounds, r.mpc.BytesSent
	for _, o := range r.mpc.Openings {
		r.Audit = append(r.Audit, auditEntry(o))
	}
	return r
}

// coarseSigns returns how many bits ReLU and pooling do not look at.
func (j *Job) coarseSigns() int {
	if j.Number.SignFractionBits == 0 {
		return 0
	}
	return j.Number.FractionBits - j.Number.SignFractionBits
}

func (j *Job) rounding() mpc.Rounding {
	if j.Number.Rounding == ExactRounding {
		return mpc.Exact
	}
	return mpc.Stochastic
}
