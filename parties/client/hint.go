package client

import "fmt"

// hinted is an error that knows how to mend what it is about.
type hinted struct {
	err   error
	hints []string
}

func (e *hinted) Error() string { return e.err.Error() }
func (e *hinted) Unwrap() error { return e.err }

// Hints returns the advice for the user.
func (e *hinted) Hints() []string { return e.hints }

// hintf is fmt.Errorf with a hint.
func hintf(hint, format string, args ...any) error {
	return &hinted{fmt.Errorf(format, args...), []string{hint}}
}
