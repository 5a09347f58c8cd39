package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/trefoil-ml/trefoil/parties/client"
)

// statusCommand says how a job stands.
type statusCommand struct {
	party
	Audit bool `help:"Print the audit log of each server instead: every opening, also of phases that failed."`
	JSON  bool `name:"json" help:"Print an array of one object (with --audit, of one log) for each server."`
}

// Run is called by kong.
func (c *statusCommand) Run(ctx context.Context, a *app) error {
	return c.with(func(cl *client.Client) error {
		if c.Audit {
			logs, err := cl.Audit(ctx)
			return errors.Join(a.showAudit(logs, c.JSON), err)
		}
		return a.showStatus(cl.Status(ctx), c.JSON)
	})
}

// showAudit prints the audit logs of the servers.
func (a *app) showAudit(logs [3][]client.AuditLine, asJSON bool) error {
	if asJSON {
		text, err := json.MarshalIndent(logs, "", "  ")
		if err != nil {
			return fmt.Errorf("the logs have no JSON form: %w", err)
		}
		return printAll(a.stdout, string(text)+"\n")
	}
	var b strings.Builder
	for server, log := range logs {
		fmt.Fprintf(&b, "server %d: %s\n", server, count(len(log), "opening"))
		for _, l := range log {
			fmt.Fprintf(&b, "  %4d  %s  %s\n", l.Number, l.When.UTC().Format(time.DateTime), printable(l.Text))
		}
	}
	return printAll(a.stdout, b.String())
}

// forgetCommand removes a job from a server.
type forgetCommand struct {
	party
	Yes bool `short:"y" help:"Do not ask for confirmation."`
}

// Help is printed below the flags.
func (forgetCommand) Help() string {
	return `For the operator of a server, with its key. The job must be over, or cancelled. The job, the parts that owners handed in for it, what it gave and its audit log are removed from this server; owners cannot fetch results from it any more.`
}

// Run is called by kong.
func (c *forgetCommand) Run(ctx context.Context, a *app) error {
	return c.with(func(cl *client.Client) error {
		if !c.Yes {
			if err := a.confirm(fmt.Sprintf("remove the job %s and all that is stored of it from %v?", cl.Job.Name, cl.Me)); err != nil {
				return err
			}
		}
		if err := cl.Forget(ctx); err != nil {
			return err
		}
		return printAll(a.stdout, fmt.Sprintf("job %s is removed from %v\n", cl.Job.Name, cl.Me))
	})
}

// cancelCommand ends a job for good.
type cancelCommand struct {
	party
	Reason string `help:"Why, for all others to read." default:"no reason given"`
	Yes    bool   `short:"y" help:"Do not ask for confirmation."`
}

// Run is called by kong.
func (c *cancelCommand) Run(ctx context.Context, a *app) error {
	return c.with(func(cl *client.Client) error {
		if !c.Yes {
			if err := a.confirm(fmt.Sprintf("end the job %s for good, for all sides?", cl.Job.Name)); err != nil {
				return err
			}
		}
		all, err := cl.Cancel(ctx, c.Reason)
		if err != nil {
			return err
		}
		return a.showStatus(all, false)
	})
}

// retryCommand lets a job that is held run again.
type retryCommand struct{ party }

// Run is called by kong.
func (c *retryCommand) Run(ctx context.Context, a *app) error {
	return c.with(func(cl *client.Client) error {
		all, err := cl.Retry(ctx)
		if err != nil {
			return err
		}
		return a.showStatus(all, false)
	})
}

// showStatus prints what the servers say. That one cannot be asked is a failure.
func (a *app) showStatus(all [3]client.Status, asJSON bool) error {
	var b strings.Builder
	var errs []error
	for _, st := range all {
		errs = append(errs, st.Err)
		fmt.Fprintf(&b, "server %d (%s): %s\n", st.Server, st.Address, strings.Join(append(standing(st), links(st)...), "\n  "))
	}
	text := b.String()
	if asJSON {
		out, err := json.MarshalIndent(all, "", "  ")
		if err != nil {
			return fmt.Errorf("the status has no JSON form: %w", err)
		}
		text = string(out) + "\n"
	}
	if err := printAll(a.stdout, text); err != nil {
		return err
	}
	return errors.Join(errs...)
}

// standing says how a job stands on a server: a line, and more below it.
func standing(st client.Status) []string {
	if st.Err != nil {
		return []string{st.Error}
	}
	head := st.State
	switch {
	case st.State == client.StateRunning && st.Progress != nil:
		head += ": " + advance(st)
	case st.State == client.StateCancelled:
		head += " by " + st.CancelledBy
	case st.State == client.StateDone:
		head += ": " + strings.Join(st.Done, ", ")
	case st.Phase != "":
		head += " for phase " + st.Phase
	}
	lines := []string{head}
	if st.WaitingFor != "" {
		lines = append(lines, st.WaitingFor)
	}
	if st.Failure != nil {
		lines = append(lines, fmt.Sprintf("failed (attempt %d): %v", st.Failure.Attempt, st.Failure))
	}
	return lines
}

// links says how slow the links between the servers were when a phase began, as
// long as the job goes on.
func links(st client.Status) []string {
	if st.Network == nil || st.Over() {
		return nil
	}
	return []string{"links: " + st.Network.String()}
}

// advance says how far a phase is, what it took and how long it will take.
func advance(st client.Status) string {
	p := st.Progress
	if p.Steps == 0 {
		return strings.Join(nonEmpty([]string{st.Phase, p.What}), ", ")
	}
	text := fmt.Sprintf("%s, epoch %d/%d, step %d/%d, %s, %s sent, %.1f s", st.Phase, p.Epoch, p.Epochs, p.Step, p.Steps,
		count(p.Rounds, "round"), megabytes(p.Sent), p.Elapsed.Seconds())
	if p.Left > 0 {
		text += fmt.Sprintf(", about %.0f s left", p.Left.Seconds())
	}
	return text
}
