package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/client"
)

// runProcesses runs a job like parties.Local, but with the three servers as
// processes of their own, which talk over mutual TLS on loopback. It is for tests
// and measurements.
func runProcesses(ctx context.Context, job *parties.Job, opt parties.Options) (r *parties.Result, err error) {
	if err := job.CheckFiles(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "trefoil-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var children []*child
	var nodes [3]client.Node
	defer func() { endAll(children) }()
	for i := range nodes {
		c, err := startChild(dir, i, cancel)
		if err != nil {
			return nil, err
		}
		children = append(children, c)
		nodes[i] = client.Node{Address: c.address, Key: c.key}
	}
	r, err = client.RunAll(ctx, job, nodes, dir, opt.OnEvent)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	return r, err
}

// child is a server in a process of its own. It ends when its stdin does, so it
// never outlives this process.
type child struct {
	index   int
	key     identity.Key
	address string
	stdin   io.Closer
	ended   chan struct{}
	log     *tail
}

// startChild starts server index and waits until it is up. Lost is told if it
// ends by itself.
func startChild(dir string, index int, lost context.CancelCauseFunc) (*child, error) {
	c := &child{index: index, key: identity.Generate(), ended: make(chan struct{}), log: &tail{}}
	name := filepath.Join(dir, fmt.Sprintf("server-%d", index))
	if err := c.key.Save(name + ".key"); err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program, "serve", "--key", name+".key", "--listen", "127.0.0.1:0", "--store", name+".db", "--announce")
	cmd.Args[0] = os.Args[0]
	cmd.Env, cmd.Stderr = append(os.Environ(), processors()...), c.log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	c.stdin = stdin
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := asBatch(cmd.Start); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	c.address = strings.TrimSpace(line)
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(c.ended)
		lost(c.failure())
	}()
	if err != nil {
		<-c.ended
		return nil, c.failure()
	}
	return c, nil
}

// processors gives each of the processes its part of the machine: more threads
// than processors make rounds slower.
func processors() []string {
	if os.Getenv("GOMAXPROCS") != "" {
		return nil
	}
	return []string{fmt.Sprintf("GOMAXPROCS=%d", max(1, runtime.NumCPU()/3))}
}

func (c *child) failure() error {
	return fmt.Errorf("the process of server %d has ended: %s", c.index, c.log.last())
}

// endAll asks all to end, at once, since they tell each other, and waits until
// they have.
func endAll(children []*child) {
	for _, c := range children {
		_ = c.stdin.Close() // an error means that it has ended already
	}
	for _, c := range children {
		<-c.ended
	}
}

// tail keeps the last line that was written to it.
type tail struct {
	mu   sync.Mutex
	text string
}

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const most = 4096
	t.text += string(p)
	t.text = t.text[max(0, len(t.text)-most):]
	return len(p), nil
}

func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(t.text), "\n")
	return lines[len(lines)-1]
}
