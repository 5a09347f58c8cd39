package main

import (
	"context"
	"io"
	"os"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"github.com/trefoil-ml/trefoil/parties"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // as a shell reports SIGINT
)

// app is the program with everything it touches.
type app struct {
	stdout, stderr io.Writer
	showBar        bool // stderr is a terminal that can redraw a line
	seesStderr     bool // who reads stdout sees stderr too: both are terminals
	local          runFunc
}

// runFunc runs a job; parties.Local is one.
type runFunc func(context.Context, *parties.Job, parties.Options) (*parties.Result, error)

func newApp(local runFunc) *app {
	out, err := term.IsTerminal(int(os.Stdout.Fd())), term.IsTerminal(int(os.Stderr.Fd()))
	return &app{
		stdout: os.Stdout, stderr: os.Stderr, local: local,
		showBar: err && os.Getenv("TERM") != "dumb", seesStderr: out && err,
	}
}

// commands is the command line, in the form that kong reads.
type commands struct {
	Run     runCommand     `cmd:"" help:"Train a job and print how good the model is."`
	Bench   benchCommand   `cmd:"" help:"Measure how fast this machine is at all that training needs."`
	Version versionCommand `cmd:"" help:"Print the version of this program."`

	VersionFlag kong.VersionFlag `name:"version" help:"Print the version of this program."`
}

// main runs one command line and returns the exit code.
func (a *app) main(ctx context.Context, args []string) int {
	command, exited, err := a.parse(args)
	if exited {
		return exitOK
	}
	if err != nil {
		a.printError(err)
		return exitUsage
	}
	command.BindTo(ctx, (*context.Context)(nil))
	return a.finish(ctx, command.Run(a))
}

// finish reports how a command ended.
func (a *app) finish(ctx context.Context, err error) int {
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil:
		a.printLine("interrupted: the servers have ended, nothing was written")
		return exitInterrupted
	default:
		a.printError(err)
		return exitFailed
	}
}

// parse reads the command line. It tells whether kong has already done what was
// asked for, which is to print help.
func (a *app) parse(args []string) (command *kong.Context, exited bool, err error) {
	parser, err := kong.New(
		&commands{},
		kong.Name("trainer"),
		kong.Description("Train one model on the rows of several owners while nobody sees the rows of another."),
		kong.Vars{"version": versionLine()},
		kong.Writers(a.stdout, a.stderr),
		kong.Exit(func(int) { exited = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 80}),
	)
	if err != nil {
		return nil, false, err
	}
	command, err = parser.Parse(args)
	if err != nil {
		err = &usageError{err}
	}
	return command, exited, err
}
