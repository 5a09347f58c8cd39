// Command trainer trains a model on the rows of several owners while nobody
// sees the rows of another.
//
//	trainer run job.yaml
//
// trains the job in this process and prints who got what and how good the model
// is; trainer run --help has the rest. Package parties does the work.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/trefoil-ml/trefoil/parties"
)

func main() { runWith(parties.Local) }

// runWith is the whole program on an engine.
func runWith(local runFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	os.Exit(newApp(local).main(ctx, os.Args[1:]))
}
