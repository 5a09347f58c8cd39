package main

import (
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestAsBatch has a process tell how it is scheduled, and looks at this one afterwards.
func TestAsBatch(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before, err := unix.SchedGetAttr(0, 0)
	require.NoError(t, err)
	if before.Policy != unix.SCHED_NORMAL {
		t.Skip("the tests themselves are scheduled another way")
	}
	var out strings.Builder
	cmd := exec.Command("cat", "/proc/self/stat")
	cmd.Stdout = &out
	require.NoError(t, asBatch(cmd.Start))
	require.NoError(t, cmd.Wait())
	fields := strings.Fields(out.String()[strings.LastIndex(out.String(), ")")+1:])
	require.Equal(t, "3", fields[41-3], "policy, field 41 of proc_pid_stat(5): SCHED_BATCH")
	after, err := unix.SchedGetAttr(0, 0)
	require.NoError(t, err)
	require.Equal(t, before.Policy, after.Policy)
}
