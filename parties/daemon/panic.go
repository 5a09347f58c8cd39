package daemon

import (
	"fmt"
	"runtime"
	"strings"

	"google.golang.org/grpc/codes"
)

// caught turns a panic of a handler into an error: one caller's message must not
// end the work for all others. The log gets the kind of panic and the functions
// that were running, and no values.
func (d *daemon) caught(method string, err *error) {
	if p := recover(); p != nil {
		d.Log.Error("panic", "method", method, "kind", fmt.Sprintf("%T", p), "at", running())
		*err = refuse(codes.Internal, "this server has a bug, which its log shows")
	}
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
