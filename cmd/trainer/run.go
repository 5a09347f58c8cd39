package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/trefoil-ml/trefoil/parties"
)

// runCommand trains a job with three servers in this process.
type runCommand struct {
	Job       string        `arg:"" help:"Job file (YAML)." placeholder:"JOB"`
	JSON      bool          `name:"json" help:"Print the result as one JSON object on stdout."`
	Engine    string        `enum:"rss3,clear" default:"rss3" help:"rss3: three servers on secret shares. clear: the same arithmetic without secrecy, to compare with."`
	Link      *parties.Link `placeholder:"DELAY,RATE" help:"Emulate a link between the servers, such as 20ms,100Mbit: delay one way, and what each can send a second. They choose their protocols for it."`
	Processes bool          `help:"Run the three servers as processes of their own, which talk over mutual TLS on this machine, to measure."`
	Out       string        `placeholder:"DIR" help:"Write result.json, model.json, metrics.json, job.json and audit.jsonl to this folder."`
	Quiet     bool          `help:"No progress on stderr."`
}

// Help is printed below the flags; kong formats it like a Go doc comment.
func (runCommand) Help() string {
	return `Examples:

    trainer run examples/heart/job.yaml
    trainer run job.yaml --out results
    trainer run job.yaml --json --quiet > result.json
    trainer run job.yaml --engine clear
    trainer run job.yaml --link 20ms,100Mbit
    trainer run job.yaml --processes

The smallest job file. CSV files have a header row and numbers, and file names are relative to the job file. Without a model it is logistic regression, and the target is 0 or 1; with model: softmax_regression, linear_regression or a list of layers targets are classes or numbers, too:

    name: heart
    data:
      target: disease
      owners:
        - {name: north, file: north.csv}
        - {name: south, file: south.csv}
      test: {file: test.csv}

Exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted.`
}

// Validate is called by kong.
func (c *runCommand) Validate() error {
	if c.Link != nil && c.Engine == parties.EngineClear {
		return errors.New("--link needs three servers; it does not go with --engine clear")
	}
	if c.Processes && (c.Link != nil || c.Engine == parties.EngineClear) {
		return errors.New("--processes does not go with --link or --engine clear")
	}
	return nil
}

// Run is called by kong.
func (c *runCommand) Run(ctx context.Context, a *app) error {
	job, err := c.prepare()
	if err != nil {
		return err
	}
	p := a.newProgress(c.Quiet)
	run := a.local
	if c.Processes {
		run = runProcesses
	}
	result, err := run(ctx, job, parties.Options{Engine: c.Engine, Link: c.Link, OnEvent: c.introduced(a, job, p.event)})
	p.stop()
	if err != nil {
		return err
	}
	return c.deliver(a, job, result)
}

// introduced prints what the run will open before its first event: once all files
// are read and found good.
func (c *runCommand) introduced(a *app, job *parties.Job, next func(parties.Event)) func(parties.Event) {
	begun := c.Quiet
	return func(e parties.Event) {
		if !begun {
			begun = true
			_, _ = io.WriteString(a.stderr, intro(job, c.where(), c.Link))
		}
		next(e)
	}
}

// where is what to say of the servers.
func (c *runCommand) where() string {
	if c.Processes {
		return "processes"
	}
	return c.Engine
}

// prepare finds every mistake that can be found before anything is run.
func (c *runCommand) prepare() (*parties.Job, error) {
	job, err := parties.LoadJob(c.Job)
	if err != nil {
		return nil, err
	}
	if err := job.CheckFiles(); err != nil {
		return nil, err
	}
	if c.Out != "" {
		err = parties.CheckOutput(c.Out)
	}
	return job, err
}

// deliver writes and prints the result. It prints it even if the folder cannot
// be written, so that a long run is not lost.
func (c *runCommand) deliver(a *app, job *parties.Job, r *parties.Result) error {
	var written error
	if c.Out != "" {
		written = parties.WriteOutput(c.Out, job, r)
	}
	text, err := c.render(a, job, r, written)
	if err == nil {
		err = printAll(a.stdout, text)
	}
	return errors.Join(written, err)
}

func (c *runCommand) render(a *app, job *parties.Job, r *parties.Result, written error) (string, error) {
	if c.JSON {
		b, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return "", fmt.Errorf("the result has no JSON form: %w", err)
		}
		return string(b) + "\n", nil
	}
	sections := []string{opened(job, r), quality(job, r), model(r.Model), cost(r.Cost)}
	if c.Quiet || !a.seesStderr {
		sections = append(sections, warnings(r.Warnings))
	}
	if written == nil {
		sections = append(sections, whereItIs(c.Out))
	}
	return strings.Join(nonEmpty(sections), "\n"), nil
}

// nonEmpty drops the empty sections.
func nonEmpty(sections []string) []string {
	var kept []string
	for _, s := range sections {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}
