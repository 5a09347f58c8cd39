package daemon

import (
	"bufio"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// childVariable holds the order for a server in a process of its own.
const childVariable = "TREFOIL_TEST_SERVER"

// order is what a child runs.
type order struct {
	Name, Listen, Store, Policy string
	FileLimit                   uint64 // bytes that a file may have; 0: no limit
}

// TestServerProcess is a server when a test runs it as a child, and nothing else.
func TestServerProcess(t *testing.T) {
	text := os.Getenv(childVariable)
	if text == "" {
		t.Skip("only as a child of other tests")
	}
	var o order
	require.NoError(t, json.Unmarshal([]byte(text), &o))
	require.NoError(t, limitFiles(o.FileLimit))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	policy, err := ParsePolicy("policy.yaml", []byte(o.Policy))
	require.NoError(t, err)
	c := Config{
		Key: keyOf(o.Name), Listen: o.Listen, Store: o.Store, Policy: policy, pace: swift(),
		Log:   slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Ready: func(address, _ net.Addr) { os.Stdout.WriteString("UP " + address.String() + "\n") },
	}
	require.NoError(t, Run(ctx, c))
}

// child is a server in a process of its own.
type child struct {
	t     *testing.T
	order order
	cmd   *exec.Cmd
	log   *logbook
}

// start runs the child and waits until it can be reached.
func (c *child) start() {
	c.t.Helper()
	text, err := json.Marshal(c.order)
	require.NoError(c.t, err)
	c.cmd = exec.Command(os.Args[0], "-test.run=^TestServerProcess$")
	c.cmd.Env = append(os.Environ(), childVariable+"="+string(text))
	c.cmd.Stderr = c.log
	out, err := c.cmd.StdoutPipe()
	require.NoError(c.t, err)
	require.NoError(c.t, c.cmd.Start())
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(out).ReadString('\n')
		line <- text
	}()
	select {
	case text := <-line:
		address, ok := strings.CutPrefix(strings.TrimSpace(text), "UP ")
		require.True(c.t, ok, "%q\n%s", text, c.log)
		c.order.Listen = address
	case <-time.After(long):
		require.Fail(c.t, "child does not start", "%s", c.log)
	}
}

// kill ends the child as kill -9 does.
func (c *child) kill() {
	if c.cmd == nil {
		return
	}
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	c.cmd = nil
}

// newChildren is a consort whose servers are processes.
func newChildren(t *testing.T) (*consort, [3]*child) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no signals to stop a process with")
	}
	var children [3]*child
	dir := t.TempDir()
	c := &consort{t: t, files: map[string]string{}}
	c.reset()
	for i, name := range serverNames {
		children[i] = &child{t: t, log: &logbook{}, order: order{
			Name: name, Listen: "127.0.0.1:0", Store: dir + "/" + name + ".db",
			Policy: "owners: [" + known("north") + ", " + known("south") + "]",
		}}
		children[i].start()
		t.Cleanup(children[i].kill)
		c.servers[i] = &process{t: t, address: children[i].order.Listen, log: children[i].log}
	}
	c.write(dir)
	return c, children
}
