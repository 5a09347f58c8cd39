package main

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/parties/client"
)

// initCommand writes a job file to fill in.
type initCommand struct {
	Job    string   `arg:"" optional:"" default:"job.yaml" help:"Job file to write. Default: job.yaml."`
	Data   string   `placeholder:"CSV" help:"Take the names of target and features from this table."`
	Server []string `sep:"none" placeholder:"ADDRESS=KEY" help:"A server: host:port, and its .pub file or fingerprint. Three times, servers 0, 1 and 2."`
	Owner  []string `sep:"none" placeholder:"NAME=KEY" help:"An owner: its name, and its .pub file or fingerprint. Once for each."`
	Target string   `placeholder:"COLUMN" help:"The column to predict. Default: the one called target, label, outcome, class or y, or else the last."`
}

// Help is printed below the flags.
func (initCommand) Help() string {
	return `One side writes the file, fills in addresses and fingerprints, and sends it to all others: everybody must have the same one. Nothing that exists is overwritten, and the table is only read.

Examples:

    trainer init
    trainer init study.yaml --data north.csv --target died
    trainer init --data north.csv --owner north=north.pub --owner south=south.pub`
}

// Run is called by kong.
func (c *initCommand) Run(a *app) error {
	target, err := client.WriteTemplate(c.Job, client.Template{Data: c.Data, Target: c.Target, Servers: c.Server, Owners: c.Owner})
	if err != nil {
		return err
	}
	text := fmt.Sprintf("wrote %s\n", c.Job)
	if c.Data != "" && c.Target == "" {
		text += fmt.Sprintf("the column to predict is taken to be %q; --target names another\n", target)
	}
	return printAll(a.stdout, text+fmt.Sprintf(`next
  1. read it through, and fill in what is in <angle brackets>
  2. trainer approve --show %[1]s   says what it will open to whom
  3. send %[1]s to every owner and every server's operator
`, c.Job))
}
