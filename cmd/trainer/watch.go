package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/trefoil-ml/trefoil/parties/client"
)

// watchCommand follows a job until it is over.
type watchCommand struct {
	party
	Until string `placeholder:"PHASE" help:"End when this phase is done: standardise, train or metrics."`
}

// Help is printed below the flags.
func (watchCommand) Help() string {
	return `Prints a line whenever something changes at one of the three servers: whom they wait for, how far training is, and if something fails, where and why. Ends when the job is done (exit code 0) or cancelled (1). Ctrl-C ends the watch, not the job.

The phase metrics waits until every owner with test rows has run trainer fetch; --until train ends before that.`
}

// Interrupted is said after Ctrl-C.
func (watchCommand) Interrupted() string { return "no longer watching; the job goes on" }

// Run is called by kong.
func (c *watchCommand) Run(ctx context.Context, a *app) error {
	return c.with(func(cl *client.Client) error {
		inside, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		w := &watcher{app: a, until: c.Until, enough: cancel}
		if err := cl.Watch(inside, w.tell); errors.Is(err, errEnough) {
			return printAll(a.stdout, "phase "+c.Until+" is done\n")
		} else if err != nil {
			return err
		}
		if w.cancelled != "" {
			return errors.New("the job was cancelled by " + w.cancelled)
		}
		return printAll(a.stdout, "the job is done\n")
	})
}

// watcher prints what changes. Steps are told at most once in a second.
type watcher struct {
	app       *app
	said      [3]string
	steps     time.Time
	cancelled string

	until  string
	past   [3]bool // servers at which that phase is done
	enough context.CancelCauseFunc
}

// errEnough ends a watch that has seen what it was to wait for.
var errEnough = errors.New("seen enough")

func (w *watcher) tell(st client.Status) {
	w.past[st.Server] = slices.Contains(st.Done, w.until)
	if w.past == [3]bool{true, true, true} {
		w.enough(errEnough)
	}
	if st.State == client.StateCancelled {
		w.cancelled = st.CancelledBy + ": " + st.WaitingFor
	}
	running := st.State == client.StateRunning && st.Progress != nil && st.Progress.Steps > 0
	key := strings.Join(standing(st), "; ")
	if running {
		if last := st.Progress.Step == st.Progress.Steps; st.Server != 0 || time.Since(w.steps) < time.Second && !last {
			return // all three take the same steps
		}
		w.steps = time.Now()
	}
	if key == w.said[st.Server] {
		return
	}
	w.said[st.Server] = key
	_ = printAll(w.app.stdout, fmt.Sprintf("%s server %d: %s\n", time.Now().Format(time.TimeOnly), st.Server, key))
}
