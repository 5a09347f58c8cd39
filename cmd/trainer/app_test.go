package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties"
)

// The scripts run the program itself, and the program with an engine that
// answers at once or that waits to be interrupted.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"trainer":          main,
		"trainer-at-once":  func() { runWith(answerAtOnce) },
		"trainer-for-ever": func() { runWith(runForEver) },
	})
}

func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fails": fails, "same-run": sameRun, "empty": empty, "append": appendLine,
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", examples)
			return nil
		},
	})
}

// fails CODE COMMAND… runs a command that must end with this exit code.
func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails CODE COMMAND…")
	}
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || strconv.Itoa(exit.ExitCode()) != args[0] {
		ts.Fatalf("got %v, want exit code %s", err, args[0])
	}
}

// runForEver interrupts its own process, as Ctrl-C does, and waits for that to
// arrive.
func runForEver(ctx context.Context, _ *parties.Job, _ parties.Options) (*parties.Result, error) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return nil, err
	}
	if err := self.Signal(os.Interrupt); err != nil {
		return nil, err
	}
	<-ctx.Done()
	return nil, context.Cause(ctx)
}

func answerAtOnce(_ context.Context, job *parties.Job, opt parties.Options) (*parties.Result, error) {
	for _, e := range sampleEvents() {
		opt.OnEvent(e)
	}
	return sampleResult(job, opt), nil
}

// try runs one command line in this process.
func try(ctx context.Context, local runFunc, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	a := &app{stdout: &out, stderr: &err, local: local}
	code = a.main(ctx, args)
	return code, out.String(), err.String()
}

func jobFile(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"job.yaml":  "name: wdbc\ndata: {target: y, owners: [{name: north, file: north.csv}, {name: south, file: south.csv}]}\n",
		"north.csv": "", "south.csv": "",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return filepath.Join(dir, "job.yaml")
}

// Once the context has ended, whatever the engine says is an interruption.
func TestInterruption(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	local := func(ctx context.Context, _ *parties.Job, _ parties.Options) (*parties.Result, error) {
		cancel()
		<-ctx.Done()
		return nil, errors.New("server 1: session closed")
	}
	code, _, stderr := try(ctx, local, "run", jobFile(t), "--quiet")
	require.Equal(t, exitInterrupted, code)
	require.Equal(t, "trainer: interrupted: the servers have ended, nothing was written\n", stderr)
}

func TestStdoutThatCannotBeWritten(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/full")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err)
	defer full.Close()
	var stderr bytes.Buffer
	a := &app{stdout: full, stderr: &stderr, local: answerAtOnce}
	require.Equal(t, exitFailed, a.main(t.Context(), []string{"run", jobFile(t), "--json", "--quiet"}))
	require.Contains(t, stderr.String(), "trainer: cannot write the output: ")
}

// The result of a long run is printed even if its folder has gone bad.
func TestOutputFolderTakenDuringTheRun(t *testing.T) {
	job, out := jobFile(t), filepath.Join(t.TempDir(), "out")
	local := func(ctx context.Context, j *parties.Job, opt parties.Options) (*parties.Result, error) {
		require.NoError(t, os.WriteFile(out, nil, 0o600))
		return answerAtOnce(ctx, j, opt)
	}
	code, stdout, stderr := try(t.Context(), local, "run", job, "--json", "--quiet", "--out", out)
	require.Equal(t, exitFailed, code)
	require.Contains(t, stdout, `"kind": "logistic_regression"`)
	require.Contains(t, stderr, "is a file, want a folder")
}
