package daemon

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// caught turns a panic of a handler into an error: one caller's message must not
// end the work for all others. The log gets the kind of panic and the functions
// that were running, and no values.
func (d *daemon) caught(method string, err *error) {
	if p := recover(); p != nil {
		d.Log.Error("panic", "method", method, "kind", fmt.Sprintf("%T", p), "at", running())
		*err = refuse(codes.Internal, "%v", errBug)
	}
}

var errBug = errors.New("this server has a bug, which its log shows")

// safely runs the phase. A panic fails it and has the job held: the server would
// come back and run it into the same one otherwise, for ever.
func (r *phaseRun) safely(ctx context.Context, conn transport.Conn) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.d.Log.Error("panic", "job", r.id.String(), "phase", r.phase, "kind", fmt.Sprintf("%T", p), "at", running())
			err = errBug
		}
	}()
	return r.over(ctx, conn)
}

// running names the functions on the stack, the innermost first.
func running() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	var names []string
	for {
		f, more := frames.Next()
		names = append(names, fmt.Sprintf("%s:%d", f.Function, f.Line))
		if !more {
			return strings.Join(names, " < ")
		}
	}
}
