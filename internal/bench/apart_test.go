package bench

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// apartVariable is set in the processes between which rounds are measured.
const apartVariable = "TREFOIL_TEST_ROUNDS"

func testProcess(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), apartVariable+"=1"), os.Stderr
	return cmd
}

func TestRoundsBetweenProcesses(t *testing.T) {
	b := newBench(t.Context(), Options{Quick: true, Process: testProcess})
	require.NoError(t, b.apart())
	require.Len(t, b.result.RoundApart, 2)
	for transport, micros := range b.result.RoundApart {
		require.Positive(t, micros, transport)
	}
}

func TestStepsBetweenProcesses(t *testing.T) {
	b := newBench(t.Context(), Options{Quick: true, Process: testProcess})
	for _, k := range b.tasks() {
		require.NoError(t, b.stepApart(k), k.name)
		require.Positive(t, b.result.StepApart[k.name], k.name)
	}
}

// TestRoundsBetweenProcessesThatEnd has one that is no server.
func TestRoundsBetweenProcessesThatEnd(t *testing.T) {
	started := 0
	b := newBench(t.Context(), Options{Quick: true, Process: func(ctx context.Context) *exec.Cmd {
		if started++; started == 3 {
			return exec.CommandContext(ctx, os.Args[0], "-test.run=^$")
		}
		return testProcess(ctx)
	}})
	require.ErrorContains(t, b.apart(), "process 2 says nothing")
}
