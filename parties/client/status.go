package client

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// Status is how a job stands on one server, as that server tells.
type Status struct {
	Server           int             `json:"server"`
	Address          string          `json:"address"`
	Error            string          `json:"error,omitempty"` // why the server could not be asked
	State            string          `json:"state,omitempty"` // see the constants
	Phase            string          `json:"phase,omitempty"` // the next one, or the one that runs
	Phases           []string        `json:"phases,omitempty"`
	Done             []string        `json:"phases_done,omitempty"`
	MissingApprovals []parties.Party `json:"missing_approvals,omitempty"`
	MissingParts     []parties.Item  `json:"missing_parts,omitempty"`
	WaitingFor       string          `json:"waiting_for,omitempty"` // in plain words; why the job was cancelled, if it was
	Progress         *Progress       `json:"progress,omitempty"`
	Failure          *Failure        `json:"failure,omitempty"`
	Retry            time.Time       `json:"retry,omitzero"` // when it is tried again
	CancelledBy      string          `json:"cancelled_by,omitempty"`

	Err error `json:"-"` // that of Error
}

// States of a job on a server.
const (
	StateUnknown   = "unknown"   // the server does not know the job
	StateProposed  = "proposed"  // approvals are missing
	StateWaiting   = "waiting"   // parts are missing
	StateReady     = "ready"     // it starts when all servers are ready
	StateRunning   = "running"   // a phase runs
	StateHeld      = "held"      // failed too often: it waits for Retry
	StateDone      = "done"      // all phases are over
	StateCancelled = "cancelled" // for good
)

// Progress is how far a running phase is on one server.
type Progress struct {
	What    string        `json:"what,omitempty"`
	Epoch   int           `json:"epoch"`
	Epochs  int           `json:"epochs"`
	Step    int           `json:"step"`
	Steps   int           `json:"steps"`
	Rounds  int           `json:"rounds"`
	Sent    int64         `json:"bytes_sent"`
	Elapsed time.Duration `json:"elapsed_ns"`
	Left    time.Duration `json:"left_ns"` // 0: not known
}

// Failure is why a phase failed, and where it arose.
type Failure struct {
	Phase   string    `json:"phase"`
	Attempt int       `json:"attempt"`
	Server  int       `json:"server"` // -1: not known
	Step    string    `json:"step"`
	Reason  string    `json:"reason"`
	By      string    `json:"by"` // who says so
	When    time.Time `json:"when"`
}

// Over reports whether nothing more happens with the job.
func (s Status) Over() bool { return s.State == StateDone || s.State == StateCancelled }

// Status asks all three servers how the job stands.
func (c *Client) Status(ctx context.Context) [3]Status {
	return c.ask(ctx, func(ctx context.Context, api partypb.ConsortiumClient) (*partypb.JobStatus, error) {
		return api.Status(ctx, c.request())
	})
}

// Cancel ends the job for good on all servers that can be reached.
func (c *Client) Cancel(ctx context.Context, reason string) ([3]Status, error) {
	_, err := first(c.ask(ctx, func(ctx context.Context, api partypb.ConsortiumClient) (*partypb.JobStatus, error) {
		return api.Cancel(ctx, &partypb.CancelRequest{JobHash: c.hash[:], Reason: reason})
	}))
	return c.Status(ctx), err // the servers have told each other meanwhile
}

// Retry lets a job that is held run again.
func (c *Client) Retry(ctx context.Context) ([3]Status, error) {
	return first(c.ask(ctx, func(ctx context.Context, api partypb.ConsortiumClient) (*partypb.JobStatus, error) {
		return api.Retry(ctx, c.request())
	}))
}

// first adds an error if no server could be told.
func first(all [3]Status) ([3]Status, error) {
	var errs []error
	for _, s := range all {
		if s.Err == nil {
			return all, nil
		}
		errs = append(errs, s.Err)
	}
	return all, errors.Join(errs...)
}

type statusCall func(context.Context, partypb.ConsortiumClient) (*partypb.JobStatus, error)

func (c *Client) ask(ctx context.Context, f statusCall) (all [3]Status) {
	_ = c.servers.each(func(s *server) error { // errors are in the statuses
		var w *partypb.JobStatus
		err := s.call(ctx, func(ctx context.Context, api partypb.ConsortiumClient) (err error) {
			w, err = f(ctx, api)
			return err
		})
		all[s.id] = s.status(w, err)
		return nil
	})
	return all
}

// Watch tells how the job stands on each server, at every change, until it is
// over on all three or ctx ends. A server that cannot be reached, or is lost, is
// told of too, and asked again.
func (c *Client) Watch(ctx context.Context, tell func(Status)) error {
	changes := make(chan Status)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for _, s := range c.servers {
		go s.follow(ctx, c.request(), changes)
	}
	over := [3]bool{}
	for over != [3]bool{true, true, true} {
		select {
		case st := <-changes:
			over[st.Server] = st.Over()
			tell(st)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// silence is how long a watched server may say nothing: it speaks every 5 s.
const silence = 8 * time.Second

// follow sends every status of a server, and why it cannot be had.
func (s *server) follow(ctx context.Context, request *partypb.JobRequest, to chan<- Status) {
	send := func(st Status) bool {
		select {
		case to <- st:
			return !st.Over()
		case <-ctx.Done():
			return false
		}
	}
	for {
		err := s.stream(ctx, func(ctx context.Context, api partypb.ConsortiumClient) error {
			return s.receive(ctx, api, request, send)
		})
		if err == nil || ctx.Err() != nil || !send(s.status(nil, err)) {
			return
		}
		if pause(ctx, time.Second) != nil {
			return
		}
	}
}

// receive passes on what a server says until send has had enough, which is no
// error, or the server falls silent.
func (s *server) receive(ctx context.Context, api partypb.ConsortiumClient, request *partypb.JobRequest, send func(Status) bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silent := time.AfterFunc(silence, func() { cancel(context.DeadlineExceeded) })
	defer silent.Stop()
	stream, err := api.Watch(ctx, request)
	for err == nil {
		var w *partypb.JobStatus
		if w, err = stream.Recv(); err == nil {
			silent.Reset(silence)
			if !send(s.status(w, nil)) {
				return nil
			}
		}
	}
	if errors.Is(err, io.EOF) {
		return errors.New("the server ended the watch")
	}
	if context.Cause(ctx) != nil {
		return context.Cause(ctx)
	}
	return err
}
