package mpc

import (
	"fmt"
)

// failure is the one type that protocols panic with; only run recovers it.
type failure struct{ err error }

// Error is what a failed session returns: which server noticed, at which step.
type Error struct {
	Server int    // the server that reports; negative: the clear engine
	Step   string // what it was doing
	Err    error
}

func (e *Error) Error() string {
	at := ""
	if e.Step != "" {
		at = " at " + e.Step
	}
	if e.Server == clearServer {
		return fmt.Sprintf("clear engine%s: %v", at, e.Err)
	}
	return fmt.Sprintf("server %d%s: %v", e.Server, at, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Fail ends the session with err. It does not return.
func (s *session) Fail(err error) {
	panic(&failure{&Error{Server: s.server, Step: s.steps.String(), Err: err}})
}

// Enter names what the session does from here to the matching Leave,
// for errors and the audit log. A negative index is not shown. The names are
// for people: they do not name messages or keystream.
func (s *session) Enter(name string, index int) { s.steps.push(name, index) }

// Leave ends the step that the last Enter began.
func (s *session) Leave() { s.steps.pop() }

// Step returns the readable path of the current step.
func (s *session) Step() string { return s.steps.String() }
