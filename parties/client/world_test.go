package client_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/parties/client"
	"github.com/trefoil-ml/trefoil/parties/daemon"
)

// world is a consortium in a folder: three servers in this process, two owners,
// and a job that nobody has approved yet.
type world struct {
	t       *testing.T
	dir     string
	job     string // file
	servers [3]*running
}

// running is a server that runs.
type running struct {
	address string
	stop    func() // ends it in order
}

func newWorld(t *testing.T, change func(job string) string) *world {
	w := &world{t: t, dir: t.TempDir(), job: "job.yaml"}
	template := client.Template{Data: w.table("north", 160, 1), Target: "y"}
	w.table("south", 120, 2)
	for i := range w.servers {
		w.keygen(fmt.Sprintf("server-%d", i))
		w.servers[i] = w.serve(i, "127.0.0.1:0")
		template.Servers = append(template.Servers, w.servers[i].address+"="+w.path(fmt.Sprintf("server-%d.pub", i)))
	}
	for _, o := range []string{"north", "south"} {
		w.keygen(o)
		template.Owners = append(template.Owners, o+"="+w.path(o+".pub"))
	}
	_, err := client.WriteTemplate(w.path(w.job), template)
	require.NoError(t, err)
	if change != nil {
		w.change(change)
	}
	return w
}

// change writes the job file anew.
func (w *world) change(change func(job string) string) {
	text, err := os.ReadFile(w.path(w.job))
	require.NoError(w.t, err)
	changed := change(string(text))
	require.NotEqual(w.t, string(text), changed)
	require.NoError(w.t, os.WriteFile(w.path(w.job), []byte(changed), 0o600))
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) keygen(name string) {
	_, _, err := client.NewKey(w.path(name))
	require.NoError(w.t, err)
}

// table writes rows of two features and a target that depends on them.
func (w *world) table(name string, rows int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 0))
	var b strings.Builder
	b.WriteString("a,b,y\n")
	for range rows {
		x, y := r.NormFloat64(), r.NormFloat64()
		target := 0
		if x-y+r.NormFloat64()/2 > 0 {
			target = 1
		}
		fmt.Fprintf(&b, "%.3f,%.3f,%d\n", 5+x, 100*y, target)
	}
	path := w.path(name + ".csv")
	require.NoError(w.t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

// serve starts server i.
func (w *world) serve(i int, address string) *running {
	key, err := identity.Load(w.path(fmt.Sprintf("server-%d.key", i)))
	require.NoError(w.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	up, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- daemon.Run(ctx, daemon.Config{
			Key: key, Listen: address, Store: w.path(fmt.Sprintf("server-%d.db", i)),
			Ready: func(a, _ net.Addr) { up <- a.String() },
		})
	}()
	r := &running{stop: func() {
		cancel()
		err, ok := <-ended
		if ok {
			require.NoError(w.t, err)
			close(ended)
		}
	}}
	select {
	case r.address = <-up:
	case err := <-ended:
		require.NoError(w.t, err)
	}
	w.t.Cleanup(r.stop)
	return r
}

// open is the client of a party.
func (w *world) open(who string) *client.Client {
	c, err := client.Open(w.path(w.job), w.path(who+".key"))
	require.NoError(w.t, err)
	w.t.Cleanup(c.Close)
	return c
}

// approveAll has everybody approve, the operators first.
func (w *world) approveAll() {
	for _, who := range []string{"server-0", "server-1", "server-2", "north", "south"} {
		_, err := w.open(who).Approve(w.t.Context())
		require.NoError(w.t, err, who)
	}
}

// options are those of an owner whose file is its name.
func (w *world) options(owner string) client.Options {
	return client.Options{File: w.path(owner + ".csv"), Tell: func(text string) { w.t.Log(owner + ": " + text) }}
}

// both does something as both owners at once.
func (w *world) both(f func(owner string) error) {
	errs := make(chan error)
	for _, o := range []string{"north", "south"} {
		go func() { errs <- f(o) }()
	}
	for range 2 {
		require.NoError(w.t, <-errs)
	}
}

func (w *world) share() {
	w.both(func(o string) error {
		_, err := w.open(o).Share(w.t.Context(), w.options(o))
		return err
	})
}
