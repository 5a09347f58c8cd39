package parties

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Whoever ends the context ends servers and owners, wherever they are, with that
// cause; nothing goes on behind the caller's back.
func TestCancelEndsEverything(t *testing.T) {
	cause := errors.New("the user is gone")
	on(t, func(t *testing.T, engine string) {
		for name, at := range map[string]func(e Event) bool{
			"when training begins": func(e Event) bool { return e.Kind == EventPhase },
			"in the middle":        func(e Event) bool { return e.Kind == EventStep && e.Step == 7 },
			"at the end":           func(e Event) bool { return e.Kind == EventStep && e.Step == e.Steps },
		} {
			t.Run(name, func(t *testing.T) {
				before := runtime.NumGoroutine()
				ctx, cancel := context.WithCancelCause(t.Context())
				r, err := Local(ctx, twoOwners(t), Options{Engine: engine, OnEvent: func(e Event) {
					if at(e) {
						cancel(cause)
					}
				}})
				require.Nil(t, r)
				require.ErrorIs(t, err, cause)
				requireNoMoreGoroutines(t, before)
			})
		}
	})
}

func TestCancelledBeforeItBegins(t *testing.T) {
	on(t, func(t *testing.T, engine string) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := Local(ctx, twoOwners(t), Options{Engine: engine})
		require.ErrorIs(t, err, context.Canceled)
	})
}

// A failure of one owner ends the others and the servers, whatever they wait for.
func TestFailureOfOneOwnerEndsAll(t *testing.T) {
	j := twoOwners(t)
	j.Data.Standardise = StandardiseNone // incomes are far above the limit
	before := runtime.NumGoroutine()
	for range 5 {
		_, err := Local(t.Context(), j, Options{})
		require.ErrorContains(t, err, "outside the fixed-point range")
	}
	requireNoMoreGoroutines(t, before)
}

// A run that ends well leaves nothing either.
func TestRunLeavesNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 3 {
		runJob(t, twoOwners(t), EngineSecure)
	}
	requireNoMoreGoroutines(t, before)
}

// requireNoMoreGoroutines waits for goroutines that have returned to be counted
// out.
func requireNoMoreGoroutines(t *testing.T, before int) {
	t.Helper()
	for begin := time.Now(); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Since(begin) > 5*time.Second {
			stacks := make([]byte, 1<<16)
			t.Fatalf("goroutines are left behind:\n%s", stacks[:runtime.Stack(stacks, true)])
		}
	}
}
