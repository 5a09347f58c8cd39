package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The walk-through of docs/operations.md is run word for word, with processes of
// this program, and prints what the document shows.
func TestWalkThrough(t *testing.T) {
	t.Parallel()
	steps := walk(t, true)
	got := runSteps(t, steps)
	for i, s := range steps {
		if i >= len(got) {
			t.Fatalf("did not come to step %d:\n%s", i+1, s.commands)
		}
		if s.shows != "" && !showsPattern(s.shows).MatchString(got[i]) {
			t.Errorf("step %d\n%s\nprinted\n%s\nand the document shows\n%s", i+1, s.commands, got[i], s.shows)
		}
	}
}

// Servers that are killed after every step, one after another, in the middle of
// whatever they do, and started again, change nothing of what comes out.
func TestWalkThroughWithKills(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some ten seconds: servers look for each other every few")
	}
	t.Parallel()
	steps := walk(t, false)
	serve := regexp.MustCompile(`(?m)^trainer serve --key server-(\d)\.key .*$`)
	var starts [][]string
	last := len(steps) - 1
	for i, s := range steps {
		if found := serve.FindAllStringSubmatch(s.commands, -1); found != nil {
			starts = found
			steps[i].commands = serve.ReplaceAllString(s.commands, "$0\nserver_$1=$$!")
		} else if starts != nil && i < last {
			steps[i].commands += again(starts[i%len(starts)])
		}
	}
	require.Len(t, starts, 3)
	steps[last].commands = strings.Replace(steps[last].commands, "%1 %2 %3", "$server_0 $server_1 $server_2", 1)
	got := runSteps(t, steps)
	killed := regexp.MustCompile(`(?m)^.*: line \d+: +\d+ Killed .*\n`)
	for i, s := range steps {
		if i == last || strings.Contains(s.commands, "trainer fetch") {
			require.Regexp(t, showsPattern(s.shows), killed.ReplaceAllString(got[i], ""))
		}
	}
}

// again kills a server and starts it with the command that it was started with.
func again(start []string) string {
	pid := "server_" + start[1]
	return "kill -9 $" + pid + "\nwait $" + pid + " || true\n" +
		strings.Replace(start[0], "2>", "2>>", 1) + "\n" + pid + "=$!\n" +
		"trainer doctor job.yaml --key server-2.key --wait 10s > doctor.txt\n"
}

// walk returns the steps of the walk-through, with ports that are free: those of
// the document, if they may be used.
func walk(t *testing.T, usual bool) []step {
	text, err := os.ReadFile("../../docs/operations.md")
	require.NoError(t, err)
	steps := stepsOf(freePorts(t, section(t, string(text), "Walk-through"), usual))
	require.NotEmpty(t, steps)
	return steps
}

// step is a block of commands, and the block of output that follows it, if any.
type step struct{ commands, shows string }

// section returns what stands below a heading of the second level.
func section(t *testing.T, text, heading string) string {
	_, text, found := strings.Cut(text, "\n## "+heading+"\n")
	require.True(t, found, "no heading %q", heading)
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// stepsOf returns the fenced blocks: commands are marked sh, output text.
func stepsOf(text string) (steps []step) {
	blocks := regexp.MustCompile("(?ms)^```(sh|text)\n(.*?)^```$").FindAllStringSubmatch(text, -1)
	for _, b := range blocks {
		if b[1] == "sh" {
			steps = append(steps, step{commands: b[2]})
		} else if len(steps) > 0 {
			steps[len(steps)-1].shows = b[2]
		}
	}
	return steps
}

// freePorts leaves the text as it is if the ports that it uses are free and may be
// used, and puts free ones in their place if not.
func freePorts(t *testing.T, text string, usual bool) string {
	for _, port := range []string{"7000", "7001", "7002"} {
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err == nil && !usual {
			require.NoError(t, l.Close())
		}
		if err != nil || !usual {
			l, err = net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			_, other, _ := net.SplitHostPort(l.Addr().String())
			text = strings.ReplaceAll(text, port, other)
		}
		require.NoError(t, l.Close())
	}
	return text
}

// runSteps runs all steps in one shell, as a user would, in a folder beside the
// examples, and returns what each printed.
func runSteps(t *testing.T, steps []step) (printed []string) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("the walk-through is for bash")
	}
	dir := t.TempDir()
	examples, err := filepath.Abs("../../examples")
	require.NoError(t, err)
	require.NoError(t, os.Symlink(examples, filepath.Join(dir, "examples")))
	var script strings.Builder
	script.WriteString("set -eu\nexec 2>&1\ntrap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n")
	for i, s := range steps {
		fmt.Fprintf(&script, "echo '== step %d'\n%s", i+1, s.commands)
	}
	cmd := exec.CommandContext(t.Context(), bash, "-c", script.String())
	cmd.Dir, cmd.WaitDelay = dir, 5*time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		logs, _ := filepath.Glob(filepath.Join(dir, "*", "*.log"))
		for _, file := range logs {
			text, _ := os.ReadFile(file)
			t.Logf("%s\n%s", filepath.Base(file), text)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	return regexp.MustCompile(`(?m)^== step \d+\n`).Split(string(out), -1)[1:]
}

// showsPattern matches output with the text that a document shows of it, where …
// stands for any part of a line, and for any lines if it is alone on one.
func showsPattern(text string) *regexp.Regexp {
	p := regexp.QuoteMeta(text)
	p = regexp.MustCompile(`(?m)^…\n`).ReplaceAllString(p, `(?:.*\n)*`)
	return regexp.MustCompile("^" + strings.ReplaceAll(p, "…", ".*") + "$")
}

func TestShowsPattern(t *testing.T) {
	p := showsPattern("a … c\n…\nd (1)\n")
	require.True(t, p.MatchString("a b c\nd (1)\n"))
	require.True(t, p.MatchString("a b c\nx\ny\nd (1)\n"))
	require.False(t, p.MatchString("a b c\nd 1\n"))
	require.False(t, p.MatchString("a b c\nd (1)\ne\n"))
}
