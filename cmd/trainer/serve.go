package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"runtime/debug"

	"github.com/trefoil-ml/trefoil/parties/client"
	"github.com/trefoil-ml/trefoil/parties/daemon"
)

// serveCommand is one of the three servers of consortia.
type serveCommand struct {
	Key       string `required:"" env:"TREFOIL_KEY" placeholder:"FILE" help:"The server's key file, from trainer keygen."`
	Listen    string `default:":7000" placeholder:"ADDRESS" help:"Address for owners, operators and the other servers. Default: port 7000 on all of this machine's addresses."`
	Store     string `default:"trefoil.db" placeholder:"FILE" help:"File that keeps jobs, sealed parts and results; made if it is not there. Default: trefoil.db."`
	Policy    string `placeholder:"FILE" help:"What this server takes part in (YAML). Default: only jobs that its own operator approves first."`
	Metrics   string `placeholder:"ADDRESS" help:"Second port, without encryption, for this machine's own monitoring: /healthz, /readyz, /metrics. Default: none."`
	LogFormat string `enum:"text,json" default:"text" help:"text or json, on stderr."`

	Announce bool `hidden:"" help:"Print the address on stdout when the server is up, and end when stdin does."`
}

// Help is printed below the flags.
func (serveCommand) Help() string {
	return `Runs until it gets SIGTERM or Ctrl-C; then it tells the others, stores what is to be stored and ends. It takes jobs one after another, and goes on where it was when it is started again. Its operator approves jobs with the same key: trainer approve job.yaml --key FILE.

Examples:

    trainer serve --key server-0.key
    trainer serve --key server-0.key --listen :7443 --policy policy.yaml --metrics 127.0.0.1:9700 --log-format json`
}

// Interrupted is not said: the end of a server is in its log.
func (serveCommand) Interrupted() string { return "interrupted before the server was up" }

// Run is called by kong.
func (c *serveCommand) Run(ctx context.Context, a *app) error {
	key, err := client.LoadKey(c.Key)
	if err != nil {
		return err
	}
	config := daemon.Config{
		Key: key, Listen: c.Listen, Store: c.Store, HTTP: c.Metrics,
		Log: c.log(a.stderr), Version: programVersion(),
	}
	if c.Policy != "" {
		if config.Policy, err = daemon.LoadPolicy(c.Policy); err != nil {
			return err
		}
	}
	if c.Announce {
		config.Ready = func(address, _ net.Addr) { _ = printAll(a.stdout, address.String()+"\n") }
		ctx = untilEOF(ctx, os.Stdin)
	}
	if err := daemon.Run(ctx, config); err != nil {
		return fmt.Errorf("cannot serve: %w", err)
	}
	return nil
}

func (c *serveCommand) log(w io.Writer) *slog.Logger {
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

func programVersion() string {
	info, _ := debug.ReadBuildInfo()
	return version(info)
}

// untilEOF ends with ctx, or when there is nothing more to read: when the process
// at the other end is gone.
func untilEOF(ctx context.Context, r io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, r)
	}()
	return ctx
}
