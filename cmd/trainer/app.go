package main

import (
	"context"
	"errors"
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
	stdin          io.Reader // nil if nobody is there to answer a question
	stdout, stderr io.Writer
	showBar        bool // stderr is a terminal that can redraw a line
	seesStderr     bool // who reads stdout sees stderr too: both are terminals
	local          runFunc
}

// runFunc runs a job; parties.Local is one.
type runFunc func(context.Context, *parties.Job, parties.Options) (*parties.Result, error)

func newApp(local runFunc) *app {
	out, err := term.IsTerminal(int(os.Stdout.Fd())), term.IsTerminal(int(os.Stderr.Fd()))
	a := &app{
		stdout: os.Stdout, stderr: os.Stderr, local: local,
		showBar: err && os.Getenv("TERM") != "dumb", seesStderr: out && err,
	}
	if term.IsTerminal(int(os.Stdin.Fd())) && err {
		a.stdin = os.Stdin
	}
	return a
}

// commands is the command line, in the form that kong reads.
type commands struct {
	Run     runCommand      `cmd:"" group:"local" help:"Train a job and print how good the model is."`
	Bench   benchCommand    `cmd:"" group:"local" help:"Measure how fast this machine is at all that training needs."`
	Sets    datasetsCommand `cmd:"" name:"datasets" group:"local" help:"List image sets that jobs can name, and check local copies."`
	Version versionCommand  `cmd:"" group:"local" help:"Print the version of this program."`

	Keygen  keygenCommand  `cmd:"" group:"consortium" help:"Make a key for an owner or a server."`
	Init    initCommand    `cmd:"" group:"consortium" help:"Write a job file with comments, to fill in."`
	Serve   serveCommand   `cmd:"" group:"consortium" help:"Be one of the three servers."`
	Doctor  doctorCommand  `cmd:"" group:"consortium" help:"Check every link of a job, and say what to mend."`
	Approve approveCommand `cmd:"" group:"consortium" help:"Say what a job opens to whom, and sign exactly this job."`
	Share   shareCommand   `cmd:"" group:"consortium" help:"Owners: hand in your rows, split and sealed."`
	Watch   watchCommand   `cmd:"" group:"consortium" help:"Follow a job until it is over."`
	Fetch   fetchCommand   `cmd:"" group:"consortium" help:"Owners: get what the job lets you see."`
	Status  statusCommand  `cmd:"" group:"consortium" help:"Say how a job stands on each server, and who is missing."`
	Retry   retryCommand   `cmd:"" group:"consortium" help:"Let a job run again that is held after failures."`
	Cancel  cancelCommand  `cmd:"" group:"consortium" help:"End a job for good."`
	Forget  forgetCommand  `cmd:"" group:"consortium" help:"Operators: remove a job that is over from a server."`

	VersionFlag kong.VersionFlag `name:"version" help:"Print the version of this program."`
}

// groups are the headings of the list of commands.
func groups() []kong.Group {
	return []kong.Group{
		{Key: "local", Title: "On this machine alone:"},
		{Key: "consortium", Title: "With three servers and all owners, each on a machine of its own, in this order:"},
	}
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
	return a.finish(ctx, command.Run(a), command.Selected())
}

// finish reports how a command ended.
func (a *app) finish(ctx context.Context, err error, command *kong.Node) int {
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil:
		a.printLine("%s", interruption(command.Target.Interface()))
		return exitInterrupted
	}
	a.printError(err)
	if _, ok := errors.AsType[*usageError](err); ok {
		return exitUsage
	}
	return exitFailed
}

// parse reads the command line. It tells whether kong has already done what was
// asked for, which is to print help.
func (a *app) parse(args []string) (command *kong.Context, exited bool, err error) {
	parser, err := kong.New(
		&commands{},
		kong.Name("trainer"),
		kong.Description("Train one model on the rows of several owners while nobody sees the rows of another."),
		kong.ExplicitGroups(groups()),
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
