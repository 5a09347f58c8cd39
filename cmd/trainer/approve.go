package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/client"
)

// approveCommand signs exactly this job.
type approveCommand struct {
	party
	Show bool `help:"Only say what the job is and what it opens; sign nothing."`
	Yes  bool `short:"y" help:"Do not ask for confirmation."`
}

// Help is printed below the flags.
func (approveCommand) Help() string {
	return `Every owner and every server's operator approves the job before anything of it starts. A signature is for exactly these bytes: if the job changes, it is another job, and all approve again. The operators of the servers come first: a server takes a job only from its own operator, or from whom its policy names.

Examples:

    trainer approve job.yaml --show
    trainer approve job.yaml
    trainer approve job.yaml --key server-1.key --yes`
}

// Interrupted is said after Ctrl-C.
func (approveCommand) Interrupted() string {
	return "interrupted: some servers may have the approval; approve again to tell all"
}

// Run is called by kong.
func (c *approveCommand) Run(ctx context.Context, a *app) error {
	if c.Show {
		return c.show(a)
	}
	return c.with(func(cl *client.Client) error {
		if err := printAll(a.stdout, explanation(cl.Job)); err != nil {
			return err
		}
		if !c.Yes {
			if err := a.confirm(fmt.Sprintf("approve this job as %v?", cl.Me)); err != nil {
				return err
			}
		}
		done, err := cl.Approve(ctx)
		if err != nil {
			return err
		}
		for _, text := range done.Other {
			a.printLine("%s", printable(text))
		}
		for _, err := range done.Untold {
			a.printLine("not told yet: %v", err)
		}
		return printAll(a.stdout, approved(cl, done))
	})
}

func (c *approveCommand) show(a *app) error {
	job, err := parties.LoadJob(c.Job)
	if err != nil {
		return err
	}
	return printAll(a.stdout, explanation(job))
}

// explanation is the job in plain words.
func explanation(job *parties.Job) string {
	hash := job.Hash()
	lines := []string{title(job), fmt.Sprintf("hash %x", hash)}
	for _, s := range job.Servers {
		lines = append(lines, fmt.Sprintf("  server %d   %s   %s", s.ID, s.Address, s.Key))
	}
	for _, o := range job.Data.Owners {
		lines = append(lines, fmt.Sprintf("  owner %s   %s", o.Name, o.Key))
	}
	lines = append(lines, "this job opens")
	lines = append(lines, indented(job.Explain())...)
	for i, line := range lines {
		lines[i] = printable(line)
	}
	return strings.Join(lines, "\n") + "\n"
}

func approved(cl *client.Client, done *client.Approved) string {
	text := fmt.Sprintf("approved as %v\n", cl.Me)
	if len(done.Missing) == 0 {
		return text + "all have approved\n"
	}
	var names []string
	for _, p := range done.Missing {
		names = append(names, p.String())
	}
	return text + "still to approve: " + strings.Join(names, ", ") + "\n"
}

// confirm asks a question that must be answered with yes.
func (a *app) confirm(question string) error {
	if a.stdin == nil {
		return &hintedError{errors.New("stdin is no terminal, so nobody can be asked to confirm"), "read what the job opens, then use --yes"}
	}
	_, _ = io.WriteString(a.stderr, question+" (yes/no) ")
	answer, err := bufio.NewReader(a.stdin).ReadString('\n')
	if err != nil && answer == "" {
		return errors.New("no answer: nothing was signed")
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "yes", "y":
		return nil
	}
	return errors.New("not confirmed: nothing was signed")
}
