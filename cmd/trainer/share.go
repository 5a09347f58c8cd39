package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/parties/client"
)

// shareCommand hands in an owner's rows.
type shareCommand struct {
	owner
	Data    string `arg:"" optional:"" help:"CSV file with your rows, or folder with your images. Not needed for your share of a known set of images." placeholder:"CSV"`
	Test    string `placeholder:"CSV" help:"CSV file with your test rows, if the job does not take a fraction of your rows."`
	Start   string `placeholder:"MODEL" help:"model.json to start training from, if the job says that you hand it in. Default: the file that the job names."`
	Replace bool   `help:"Hand in these rows in the place of those handed in before; what a phase has begun with stays."`
	Check   bool   `help:"Only verify the receipts that you have: did each server sign for exactly the part that was sealed to it? Asks no server."`
}

// Help is printed below the flags.
func (shareCommand) Help() string {
	return `Your rows are checked against the job, split into three parts that tell nothing by themselves, and each part is sealed to its server before it leaves this machine. Each server signs a receipt. A secret model of yours from which training starts is split and sealed likewise; a public one goes to the servers as it is.

If the job scales the features by the mean and deviation of all owners' rows, the command first hands in sums, waits until all owners have, and then hands in the rows. It can be interrupted at any time: run it again to go on.

Examples:

    trainer share job.yaml north.csv
    trainer share job.yaml north.csv --key north.key --test north_test.csv
    trainer share job.yaml north.csv --start earlier/model.json`
}

// Interrupted is said after Ctrl-C.
func (shareCommand) Interrupted() string {
	return "interrupted: what has arrived stays; run the same command again to go on"
}

// Run is called by kong.
func (c *shareCommand) Run(ctx context.Context, a *app) error {
	return c.with(func(cl *client.Client) error {
		if c.Check {
			return c.check(a, cl)
		}
		opt := c.options(a)
		opt.File, opt.Test, opt.Start, opt.Replace = c.Data, c.Test, c.Start, c.Replace
		bars := a.newUploads(c.Quiet)
		opt.Sent = bars.sent
		ledger, err := cl.Share(ctx, opt)
		bars.stop()
		if err != nil {
			return err
		}
		return printAll(a.stdout, fmt.Sprintf("all of your rows are with the servers, in parts; receipts in %s\n", ledger.Dir()))
	})
}

// check verifies receipts and lists them.
func (c *shareCommand) check(a *app, cl *client.Client) error {
	ledger, err := cl.Receipts(c.State)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(ledger.Items)) {
		for k, part := range ledger.Items[what].Parts {
			fmt.Fprintf(&b, "%s: server %d has signed for %d bytes, SHA-256 %s\n", what, k, part.Length, part.Digest)
		}
	}
	return printAll(a.stdout, b.String())
}
