//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// promise is how long a watch may take to name a server that is gone, and slack is
// for a machine that is busy.
const (
	promise = 10 * time.Second
	slack   = 10 * time.Second
	ample   = time.Minute
)

// TestWatchNamesWhoIsGone kills each server in the middle of the training, starts it
// again, and then freezes it. trainer watch has it named by both others, and
// nobody else.
func TestWatchNamesWhoIsGone(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some twenty seconds: a frozen server is given six")
	}
	t.Parallel()
	for victim := range 3 {
		t.Run(fmt.Sprintf("server %d", victim), func(t *testing.T) {
			t.Parallel()
			c := newTrial(t)
			others := [2]int{(victim + 1) % 3, (victim + 2) % 3}
			training := `server 0: running: train, epoch \d+/\d+, step [1-9]`
			failed := fmt.Sprintf(`server %%d: .*failed \(attempt \d+\): train, epoch \d+, after step \d+ of \d+: server %d: connection lost.*%%s`, victim)
			blamed := fmt.Sprintf(`: server [^%d](: connection lost| at .*from which nothing has come)`, victim)

			c.shows(ample, training)
			c.servers[victim].signal(syscall.SIGKILL)
			for _, i := range others {
				c.shows(promise+slack, fmt.Sprintf(failed, i, ""))
			}
			c.servers[victim].start()
			c.news()
			c.shows(ample, training)

			c.servers[victim].signal(syscall.SIGSTOP)
			for _, i := range others {
				c.shows(promise+slack, fmt.Sprintf(failed, i, "no sign of life"))
			}
			c.shows(promise+slack, fmt.Sprintf(`server %d: (no answer|no sign of life)`, victim))
			c.servers[victim].signal(syscall.SIGCONT)
			c.news()
			c.shows(ample, training)
			require.NotRegexp(t, blamed, c.watch.String())
		})
	}
}

// trial is a job in training, by processes of this program, and a watch of it.
type trial struct {
	t       *testing.T
	dir     string
	servers [3]*served
	watch   screen
	seen    int // bytes of the watch
}

func newTrial(t *testing.T) *trial {
	c := &trial{t: t, dir: t.TempDir()}
	init := []string{"init", "job.yaml", "--data", "north.csv", "--target", "target"}
	for i := range c.servers {
		name := fmt.Sprint("server-", i)
		c.trainer("keygen", name)
		c.servers[i] = &served{trial: c, name: name, address: "127.0.0.1:0"}
		c.servers[i].start()
		init = append(init, "--server", c.servers[i].address+"="+name+".pub")
	}
	for _, o := range []string{"north", "south"} {
		c.trainer("keygen", o)
		init = append(init, "--owner", o+"="+o+".pub")
		text, err := os.ReadFile("../../examples/wdbc/" + o + ".csv")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(c.dir, o+".csv"), text, 0o600))
	}
	c.trainer(init...)
	c.prolong()
	for _, side := range []string{"server-0", "server-1", "server-2", "north", "south"} {
		c.trainer("approve", "job.yaml", "--key", side+".key", "--yes")
	}
	c.background(io.Discard, "share", "job.yaml", "south.csv", "--key", "south.key", "--quiet")
	c.trainer("share", "job.yaml", "north.csv", "--key", "north.key", "--quiet")
	c.background(&c.watch, "watch", "job.yaml", "--key", "north.key")
	return c
}

// prolong makes the training last as long as the test.
func (c *trial) prolong() {
	file := filepath.Join(c.dir, "job.yaml")
	text, err := os.ReadFile(file)
	require.NoError(c.t, err)
	long := regexp.MustCompile(`epochs: \d+`).ReplaceAll(text, []byte("epochs: 1000000"))
	require.NotEqual(c.t, text, long)
	require.NoError(c.t, os.WriteFile(file, long, 0o600))
}

func (c *trial) command(args ...string) *exec.Cmd {
	cmd := exec.Command("trainer", args...)
	cmd.Dir, cmd.WaitDelay = c.dir, 5*time.Second
	return cmd
}

// trainer runs a command to its end.
func (c *trial) trainer(args ...string) {
	c.t.Helper()
	out, err := c.command(args...).CombinedOutput()
	require.NoError(c.t, err, "%v\n%s", args, out)
}

// background runs a command until the end of the test.
func (c *trial) background(stdout io.Writer, args ...string) {
	cmd := c.command(args...)
	cmd.Stdout = stdout
	require.NoError(c.t, cmd.Start())
	c.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }) // it may have ended
}

// shows waits until the watch has a line that matches, since the last news.
func (c *trial) shows(within time.Duration, line string) {
	c.t.Helper()
	pattern := regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d ` + line)
	for end := time.Now().Add(within); !pattern.MatchString(c.watch.String()[c.seen:]); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			require.Failf(c.t, "not shown", "%s within %v:\n%s\n%s", line, within, c.watch.String(), c.logs())
		}
	}
}

// news forgets what the watch has shown so far.
func (c *trial) news() { c.seen = len(c.watch.String()) }

func (c *trial) logs() (text string) {
	for _, s := range c.servers {
		text += s.name + "\n" + s.log.String()
	}
	return text
}

// served is a server that can be started again.
type served struct {
	*trial
	name    string
	address string
	cmd     *exec.Cmd
	log     screen
}

// start runs the server and waits until it is up. It ends when this process does.
func (s *served) start() {
	s.t.Helper()
	s.cmd = s.command("serve", "--key", s.name+".key", "--listen", s.address, "--store", s.name+".db", "--announce")
	s.cmd.Stderr = &s.log
	_, err := s.cmd.StdinPipe()
	require.NoError(s.t, err)
	out, err := s.cmd.StdoutPipe()
	require.NoError(s.t, err)
	require.NoError(s.t, s.cmd.Start())
	s.t.Cleanup(func() { s.signal(syscall.SIGKILL) })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(s.t, err, s.log.String())
	s.address = strings.TrimSpace(line)
}

// signal sends a signal, and waits for the end of what it ends.
func (s *served) signal(sig syscall.Signal) {
	_ = s.cmd.Process.Signal(sig) // it may have ended
	if sig == syscall.SIGKILL {
		_ = s.cmd.Wait()
	}
}

// screen is what a process has written.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
