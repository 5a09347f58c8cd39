package daemon

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/store"
)

// refuse is an error for a caller.
func refuse(code codes.Code, format string, args ...any) error {
	return status.Errorf(code, format, args...)
}

// told turns an error of the store into one for a caller.
func told(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := status.FromError(err); ok {
		return err
	}
	code, text := codeOf(err), err.Error()
	switch code {
	case codes.Internal:
		return &shown{status.New(code, "this server has a problem that its log shows; its operator has to mend it"), err}
	case codes.Unavailable:
		return &shown{status.New(code, "the disk of this server is full: its operator has to make room; nothing that it has acknowledged is lost"), err}
	}
	for _, kind := range []error{store.ErrNotFound, store.ErrConflict, store.ErrState, store.ErrInvalid} {
		text = strings.TrimPrefix(text, kind.Error()+": ") // the code says that
	}
	return status.Error(code, text)
}

// shown is an error of which the caller is not told all: paths, for instance.
type shown struct {
	status *status.Status
	err    error
}

// Error is the whole text, for the log.
func (s *shown) Error() string { return s.err.Error() }

// GRPCStatus is what the caller gets.
func (s *shown) GRPCStatus() *status.Status { return s.status }

// log notes an error of which the caller is not told all.
func (d *daemon) log(method string, err error) error {
	if s, ok := err.(*shown); ok {
		d.Log.Error("call failed", "method", method, "error", s.err)
	}
	return err
}

func codeOf(err error) codes.Code {
	var quota *store.QuotaError
	var offset *store.OffsetError
	var digest *store.DigestError
	switch {
	case errors.As(err, &quota):
		return codes.ResourceExhausted
	case errors.As(err, &offset):
		return codes.Aborted
	case errors.As(err, &digest):
		return codes.DataLoss
	case errors.Is(err, store.ErrDiskFull):
		return codes.Unavailable
	case errors.Is(err, store.ErrNotFound):
		return codes.NotFound
	case errors.Is(err, store.ErrConflict):
		return codes.AlreadyExists
	case errors.Is(err, store.ErrState):
		return codes.FailedPrecondition
	case errors.Is(err, store.ErrInvalid):
		return codes.InvalidArgument
	case errors.Is(err, errTakenOver):
		return codes.Aborted
	case errors.Is(err, context.Canceled):
		return codes.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return codes.DeadlineExceeded
	}
	return codes.Internal
}
