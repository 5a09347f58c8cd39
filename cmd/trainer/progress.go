package main

import (
	"fmt"
	"slices"

	"github.com/trefoil-ml/trefoil/parties"
)

// progress shows on stderr how far a run is.
type progress interface {
	event(parties.Event)
	stop() // the run has ended, well or not
}

func (a *app) newProgress(quiet bool) progress {
	switch {
	case quiet:
		return silence{}
	case a.showBar:
		return newBar(a)
	default:
		return &lines{a}
	}
}

// silence shows nothing. Warnings are in the result.
type silence struct{}

func (silence) event(parties.Event) {}
func (silence) stop()               {}

// lines prints a line for each epoch.
type lines struct{ app *app }

func (l *lines) event(e parties.Event) {
	switch e.Kind {
	case parties.EventPhase:
		l.app.printLine("%s", phase(e))
	case parties.EventEpoch:
		l.app.printLine("epoch %d/%d, step %d/%d, %s", e.Epoch, e.Epochs, e.Step, e.Steps, spent(e))
	case parties.EventWarning:
		l.app.printLine("warning: %s", e.Message)
	}
}

func (l *lines) stop() {}

// phase names a part of the run and says what there is to say about it.
func phase(e parties.Event) string {
	if e.Message == "" {
		return e.Phase
	}
	return e.Phase + ": " + e.Message
}

// spent is the cost so far. The clear engine sends nothing.
func spent(e parties.Event) string {
	text := fmt.Sprintf("%.2f s", e.Elapsed.Seconds())
	if e.Rounds == 0 {
		return text
	}
	return fmt.Sprintf("%s, %s, %s sent by each server", text, count(e.Rounds, "round"), megabytes(busiest(e)))
}

// busiest is what the server that sent most has sent.
func busiest(e parties.Event) int64 { return slices.Max(e.BytesSent[:]) }
