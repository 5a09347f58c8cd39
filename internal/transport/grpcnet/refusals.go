package grpcnet

import (
	"log/slog"
	"sync"
	"time"
)

// refusals logs what was refused, but only so often: whoever can reach the port
// could fill the disk otherwise.
type refusals struct {
	log   *slog.Logger
	every time.Duration

	mu     sync.Mutex
	paused bool
	count  int // that no line has told of
	what   string
	args   []any
}

// tell logs a refusal now, or after the pause, with the last of those in it.
func (r *refusals) tell(what string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count, r.what, r.args = r.count+1, what, args
	if !r.paused {
		r.say()
	}
}

// say logs what no line has told of, and begins a pause.
func (r *refusals) say() {
	r.paused = r.count > 0
	if r.count == 0 {
		return
	}
	args := r.args
	if r.count > 1 {
		args = append(args, "refused", r.count)
	}
	r.log.Warn(r.what, args...)
	r.count, r.args = 0, nil
	time.AfterFunc(r.every, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.say()
	})
}
