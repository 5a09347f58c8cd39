package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/trefoil-ml/trefoil/parties/client"
)

// doctorCommand looks at every link of a job.
type doctorCommand struct {
	party
	Wait time.Duration `placeholder:"TIME" help:"Look again until all is well, for so long, such as 10s."`
}

// Help is printed below the flags.
func (doctorCommand) Help() string {
	return `Looks at everything that a run needs, from this machine: does each server's name lead somewhere, is its port open, does it hold the key that the job names, does it speak the same version, is its clock right, which arithmetic can its processor do; and it asks each server whether it reaches the other two. What is broken comes with what to do about it.

Without a key of the job it looks from outside, as far as servers answer strangers. Exit code: 0 all is well, 1 something is broken.`
}

// Interrupted is said after Ctrl-C.
func (doctorCommand) Interrupted() string { return "interrupted" }

// Run is called by kong.
func (c *doctorCommand) Run(ctx context.Context, a *app) error {
	cl, err := client.OpenAnybody(c.Job, c.Key)
	if err != nil {
		return err
	}
	defer cl.Close()
	text, broken := examination(ctx, cl)
	for end := time.Now().Add(c.Wait); broken > 0 && time.Now().Before(end) && ctx.Err() == nil; {
		time.Sleep(wink)
		text, broken = examination(ctx, cl)
	}
	if err := printAll(a.stdout, text); err != nil || broken == 0 {
		return err
	}
	return errors.New(count(broken, "thing") + " " + isAre(broken) + " broken")
}

// wink is the pause between two looks.
const wink = 200 * time.Millisecond

// examination is one look: what was found, by machine, and how much is broken.
func examination(ctx context.Context, cl *client.Client) (text string, broken int) {
	about := ""
	cl.Examine(ctx, func(f client.Finding) {
		if f.About != about {
			about = f.About
			text += f.About + "\n"
		}
		text += fmt.Sprintf("  %-8s %-12s %s\n", stateWord(f.State), f.Check, f.Text)
		if f.Hint != "" {
			text += fmt.Sprintf("  %-8s %-12s what to do: %s\n", "", "", f.Hint)
		}
		if f.State == client.Broken {
			broken++
		}
	})
	return text, broken
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func stateWord(s client.State) string {
	switch s {
	case client.Fine:
		return "ok"
	case client.Doubtful:
		return "doubtful"
	}
	return "BROKEN"
}
