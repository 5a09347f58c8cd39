package main

import (
	"errors"
	"fmt"
	"strings"
)

// The rules of what is said on stderr, after age:
//
//   - every message begins with "trainer: ", in lower case, without a full stop;
//   - a hint says what to do about it, on a line that begins with "hint: ";
//   - the object of --json and the report are all that goes to stdout;
//   - no colour, so nothing to switch off (https://no-color.org).

// hinter is an error that knows how to mend what it is about.
type hinter interface{ Hints() []string }

// printError prints an error and its hints, or every one of several.
func (a *app) printError(err error) {
	if list := joined(err); len(list) > 0 {
		for _, e := range list {
			a.printError(e)
		}
		return
	}
	a.printLine("%v", err)
	var h hinter
	if errors.As(err, &h) {
		for _, hint := range h.Hints() {
			_, _ = fmt.Fprintln(a.stderr, "hint: "+hint)
		}
	}
}

// joined returns the errors that errors.Join has put one below the other.
func joined(err error) []error {
	several, ok := err.(interface{ Unwrap() []error })
	if !ok || err.Error() != errors.Join(several.Unwrap()...).Error() {
		return nil
	}
	return several.Unwrap()
}

// hintedError is an error of a command with advice.
type hintedError struct {
	err  error
	hint string
}

func (e *hintedError) Error() string   { return e.err.Error() }
func (e *hintedError) Unwrap() error   { return e.err }
func (e *hintedError) Hints() []string { return []string{e.hint} }

// printLine writes one message. That stderr cannot be written to is nothing
// that could be told to anyone.
func (a *app) printLine(format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), "\n")
	_, _ = fmt.Fprintln(a.stderr, "trainer: "+text)
}

// usageError is a command line that cannot be understood.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func (e *usageError) Hints() []string {
	return []string{"trainer --help lists the commands, trainer COMMAND --help the flags of one"}
}
