package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"

	"github.com/trefoil-ml/trefoil/internal/bench"
)

// benchCommand measures this machine.
type benchCommand struct {
	JSON  bool        `name:"json" help:"Print the figures as one JSON object on stdout."`
	CPU   bench.Level `name:"cpu" placeholder:"LEVEL" help:"Arithmetic with these instructions only: go, avx2, avx512 or amx; one that this machine has."`
	Link  *bench.Link `placeholder:"DELAY,RATE" help:"Emulate a link between the servers, such as 20ms,100Mbit: delay one way, and what each can send a second."`
	Quick bool        `help:"A few seconds on short vectors, to see that it works: no figures to quote."`
	Quiet bool        `help:"No progress on stderr."`

	Process bool `hidden:"" help:"Be one of the three processes between which rounds and steps are measured, until stdin ends."`
}

// Help is printed below the flags; kong formats it like a Go doc comment.
func (benchCommand) Help() string {
	return `Times are medians of at least seven samples. The three servers are goroutines of this process, on all its cores, so nothing else should run beside it. It takes a minute, and longer over a slow link.

A matrix product is told in 10⁹ multiply-adds a second mod 2^64 on one core, as a fraction of what the multiplication instruction does on registers alone, as a multiple of the pure Go code, and on all cores.

In a round each server sends 64 bytes to the next one and waits for those of the previous one; grpc_mtls is the network of servers on several machines, tcp and tcp_tls are bare loopback sockets to compare it with. Two of them are measured between three processes too, which share the cores. The speed is that of messages of 1 MiB in a row, out of each server.

Operations are on 2^20 values at once, 2^16 over a link; sigmoids take them in blocks of 2^16. Bytes are those sent per value and server, rounds those of one call, allocs all of the process.

A training step has batch 128 and momentum: logistic regression with 30 features and L2, with a sigmoid of five pieces, or three in lr_step_minimax3; and, without a link, the networks of examples/mnist, network A and LeNet. Its kB are those that one server sends. Between three processes they use mutual TLS, as trainer run --processes does.

Exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted.`
}

// benchProcess is one of three processes between which rounds and steps are measured.
func benchProcess(ctx context.Context) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	cmd := exec.CommandContext(ctx, program, "bench", "--process")
	cmd.Args[0] = os.Args[0]
	cmd.Env, cmd.Stderr = append(os.Environ(), processors()...), os.Stderr
	return cmd
}

// Run is called by kong.
func (c *benchCommand) Run(ctx context.Context, a *app) error {
	if c.Process {
		return bench.Serve(os.Stdin, a.stdout)
	}
	r, err := bench.Run(ctx, bench.Options{
		Level: c.CPU, Link: c.Link, Quick: c.Quick,
		Process: benchProcess, Start: func(cmd *exec.Cmd) error { return asBatch(cmd.Start) },
		OnStage: func(name string) {
			if !c.Quiet {
				a.printLine("measuring %s", name)
			}
		},
	})
	if err != nil {
		return err
	}
	if !c.JSON {
		return printAll(a.stdout, benchReport(r))
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("the figures have no JSON form: %w", err)
	}
	return printAll(a.stdout, string(text)+"\n")
}
