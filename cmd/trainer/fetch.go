package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/client"
)

// fetchCommand gets what the job lets an owner see.
type fetchCommand struct {
	owner
	Data   string `arg:"" optional:"" help:"CSV file with your rows, if it is no longer where it was when you shared it." placeholder:"CSV"`
	Test   string `placeholder:"CSV" help:"The same for your test rows."`
	Start  string `placeholder:"MODEL" help:"The same for the model that training started from, if you handed it in."`
	Out    string `placeholder:"DIR" help:"Write result.json, model.json, metrics.json, job.json and audit.jsonl to this folder."`
	JSON   bool   `name:"json" help:"Print the result as one JSON object on stdout."`
	NoWait bool   `help:"Do not wait for other owners: leave out the metrics over all test rows if they are not there yet."`
}

// Help is printed below the flags.
func (fetchCommand) Help() string {
	return `Each server has a part of what is opened to you, sealed to your key. This command brings the three together, checks them against each other, judges the model on your own test rows, and writes the files that a local run (trainer run --out) writes.

If the job opens metrics over the test rows of all owners, it hands in your counts and waits until the other owners have done the same. It can be interrupted at any time, and run as often as you like.

Examples:

    trainer fetch job.yaml --out results
    trainer fetch job.yaml --json --no-wait`
}

// Validate is called by kong.
func (c *fetchCommand) Validate() error {
	if c.Out == "" && !c.JSON {
		return errors.New("say where to: --out DIR, or --json")
	}
	return nil
}

// Interrupted is said after Ctrl-C.
func (fetchCommand) Interrupted() string {
	return "interrupted: nothing was written; run the same command again to go on"
}

// Run is called by kong.
func (c *fetchCommand) Run(ctx context.Context, a *app) error {
	if c.Out != "" {
		if err := parties.CheckOutput(c.Out); err != nil {
			return err
		}
	}
	return c.with(func(cl *client.Client) error {
		opt := c.options(a)
		opt.File, opt.Test, opt.Start, opt.NoWait = c.Data, c.Test, c.Start, c.NoWait
		result, err := cl.Fetch(ctx, opt)
		if err != nil {
			return err
		}
		return c.deliver(a, cl.Job, result)
	})
}

// deliver writes and prints the result, and prints it even if it cannot be
// written.
func (c *fetchCommand) deliver(a *app, job *parties.Job, r *parties.Result) error {
	var written error
	if c.Out != "" {
		written = parties.WriteOutput(c.Out, job, r)
	}
	text, err := c.render(job, r, written)
	if err == nil {
		err = printAll(a.stdout, text)
	}
	return errors.Join(written, err)
}

func (c *fetchCommand) render(job *parties.Job, r *parties.Result, written error) (string, error) {
	if c.JSON {
		b, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return "", fmt.Errorf("the result has no JSON form: %w", err)
		}
		return string(b) + "\n", nil
	}
	sections := []string{opened(job, r), quality(job, r), model(r.Model), cost(r.Cost)}
	if written == nil {
		sections = append(sections, whereItIs(c.Out))
	}
	return strings.Join(nonEmpty(sections), "\n"), nil
}
