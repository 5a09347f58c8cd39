package main

import (
	"fmt"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/trefoil-ml/trefoil/parties"
)

// bar shows the steps of training as one line that is redrawn.
type bar struct {
	app  *app
	all  *mpb.Progress
	line *mpb.Bar // nil until the first step is done

	mu   sync.Mutex // the bar is drawn by another goroutine
	last parties.Event
}

func newBar(a *app) *bar {
	return &bar{app: a, all: mpb.New(mpb.WithOutput(a.stderr), mpb.WithAutoRefresh())}
}

func (b *bar) event(e parties.Event) {
	switch e.Kind {
	case parties.EventWarning:
		// Through mpb, which moves the bar out of the way.
		_, _ = fmt.Fprintf(b.all, "trainer: warning: %s\n", e.Message)
	case parties.EventStep, parties.EventEpoch:
		b.step(e)
	}
}

func (b *bar) step(e parties.Event) {
	if e.Steps == 0 {
		return
	}
	b.mu.Lock()
	b.last = e
	b.mu.Unlock()
	if b.line == nil {
		b.line = b.draw(int64(e.Steps))
	}
	b.line.SetCurrent(int64(e.Step))
}

func (b *bar) draw(steps int64) *mpb.Bar {
	return b.all.New(
		steps, mpb.BarStyle(), mpb.BarWidth(30),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return b.epoch() })),
		mpb.AppendDecorators(
			decor.Percentage(),
			decor.Any(func(decor.Statistics) string { return ", " + megabytes(busiest(b.state())) + " sent" }),
			whileRunning(decor.Name(", about ")),
			whileRunning(decor.AverageETA(decor.ET_STYLE_GO)),
			whileRunning(decor.Name(" left")),
		),
	)
}

func whileRunning(d decor.Decorator) decor.Decorator {
	return decor.OnAbort(decor.OnComplete(d, ""), "")
}

func (b *bar) state() parties.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.last
}

func (b *bar) epoch() string {
	e := b.state()
	return fmt.Sprintf("epoch %d/%d ", e.Epoch, e.Epochs)
}

// stop leaves the bar as it is and waits until it is drawn for the last time.
func (b *bar) stop() {
	if b.line != nil {
		b.line.Abort(false)
	}
	b.all.Wait()
	_, _ = fmt.Fprintln(b.app.stderr)
}
