package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// settle is how long the servers may take to agree on what they report: each
// makes its deliveries known a moment before its report.
const settle = 10 * time.Second

// reports asks the servers what the phases cost and opened, and compares what
// they say: an opening that only one of them tells of would be a lie of somebody.
// At least so many phases are over.
func (c *Client) reports(ctx context.Context, phases int) (all reportSet, err error) {
	for end := time.Now().Add(settle); ; {
		all, err = c.compareReports(ctx)
		if n := len(all.phases[0]); err == nil && n < phases {
			err = fmt.Errorf("the servers report %d phases, want %d", n, phases)
		}
		if err == nil || time.Now().After(end) {
			return all, err
		}
		if err := pause(ctx, 10*firstLook); err != nil {
			return all, err
		}
	}
}

// reportSet is what all three servers report.
type reportSet struct {
	phases [3][]*parties.PhaseReport
	peak   [3]int64 // most memory that each server's process had
}

func (c *Client) compareReports(ctx context.Context) (all reportSet, err error) {
	states, errs := gather(c.servers, func(s *server) (w *partypb.JobStatus, err error) {
		err = s.call(ctx, func(ctx context.Context, api partypb.ConsortiumClient) (err error) {
			w, err = api.Status(ctx, c.request())
			return err
		})
		return w, err
	})
	if err := errors.Join(errs...); err != nil {
		return all, err
	}
	for k, w := range states {
		for i, r := range w.GetReports() {
			if err := c.sameReport(k, states[0].GetReports(), i, r); err != nil {
				return all, err
			}
			all.phases[k] = append(all.phases[k], reportOf(r))
			all.peak[k] = max(all.peak[k], int64(r.GetPeakMemory()))
		}
		if a, b := len(all.phases[0]), len(all.phases[k]); a != b {
			return all, fmt.Errorf("servers 0 and %d report %d and %d phases, want the same", k, a, b)
		}
	}
	return all, nil
}

// sameReport compares a server's report with server 0's, and its openings with what
// the job lets be opened.
func (c *Client) sameReport(server int, first []*partypb.PhaseReport, i int, r *partypb.PhaseReport) error {
	if i >= len(first) || first[i].GetPhase() != r.GetPhase() || !bytes.Equal(first[i].GetSession(), r.GetSession()) {
		return fmt.Errorf("servers 0 and %d report different sessions of phase %s", server, shown(r.GetPhase()))
	}
	a, b := first[i].GetOpenings(), r.GetOpenings()
	same := len(a) == len(b)
	for j := 0; same && j < len(a); j++ {
		same = a[j].GetWhat() == b[j].GetWhat() && a[j].GetStep() == b[j].GetStep() && a[j].GetValues() == b[j].GetValues() &&
			slices.Equal(a[j].GetTo(), b[j].GetTo())
	}
	if !same {
		return fmt.Errorf("servers 0 and %d report different openings in phase %s: one of them is broken or cheats", server, shown(r.GetPhase()))
	}
	for _, o := range b {
		if to := c.Job.Audience(o.GetWhat()); len(to) == 0 || !slices.Equal(to, parties.Audience(o.GetTo())) {
			return fmt.Errorf("server %d reports that phase %s opened %s to %s, which the job does not allow", server,
				shown(r.GetPhase()), shown(o.GetWhat()), shown(strings.Join(o.GetTo(), ", ")))
		}
	}
	return nil
}

func reportOf(r *partypb.PhaseReport) *parties.PhaseReport {
	out := &parties.PhaseReport{
		Phase: shown(r.GetPhase()), Rounds: int(r.GetRounds()), BytesSent: int64(r.GetBytesSent()),
		Steps: int(r.GetSteps()), TrainSeconds: time.Duration(r.GetTrainNanos()).Seconds(),
	}
	for _, o := range r.GetOpenings() {
		out.Audit = append(out.Audit, parties.AuditEntry{
			Seq: int(o.GetSeq()), What: shown(o.GetWhat()), To: parties.Audience(allShown(o.GetTo())),
			Step: shown(o.GetStep()), Values: int(o.GetValues()), Round: int(o.GetRound()),
		})
	}
	return out
}
