package daemon

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
)

// Config says what a server is. Key, Listen and Store have no default.
type Config struct {
	Key    identity.Key
	Listen string  // address of the port, for owners, operators and servers
	Store  string  // path of the store's file; made if it is not there
	Policy *Policy // nil: jobs that this server's operator submits, and no limits but the defaults

	// HTTP is the address of a second port, without encryption, for the machine's
	// own monitoring: /healthz, /readyz and /metrics. Empty: none.
	HTTP string

	Log     *slog.Logger // nil: no log. What it gets passes through [Guarded].
	Version string       // of the program, for people

	// Ready, if set, is called once when the server can be reached. http is nil
	// without HTTP.
	Ready func(address, http net.Addr)

	// Retries is how often a phase is tried again after a lost connection before the
	// job is held; 0 means 5, and less than 0 none.
	Retries int

	// For tests.
	pace   pace
	net    []grpcnet.Option
	now    func() time.Time                    // what Hello tells and the store notes
	tamper func(transport.Conn) transport.Conn // changes what goes out in a session
}

// pace is how long things may take. Tests shorten it.
type pace struct {
	probe     time.Duration // between looks at the peers of a job
	call      time.Duration // of a call to a peer
	again     time.Duration // before the first retry; doubled each time
	ask       time.Duration // before a refused phase is proposed again; doubled up to probe
	reserve   time.Duration // how long a server that agreed waits for the start
	setup     time.Duration // of a session's links
	beat      time.Duration // between statuses of a watch
	idle      time.Duration // of a stream on which nothing moves
	unary     time.Duration // of a call
	pulse     time.Duration // between looks at whether messages come
	tell      time.Duration // of silence, until the other servers are told
	show      time.Duration // of silence, until people are
	deadlock  time.Duration // of silence while all three servers wait
	stall     time.Duration // of silence while one of them does not
	measure   time.Duration // of silence while the links are measured
	strangers float64       // calls a second of all keys that are not known
}

func usualPace() pace {
	return pace{
		probe: 3 * time.Second, call: 4 * time.Second, again: time.Second, ask: 100 * time.Millisecond,
		reserve: 8 * time.Second, setup: 8 * time.Second, beat: 4 * time.Second,
		idle: time.Minute, unary: 30 * time.Second, strangers: 10,
		pulse: 250 * time.Millisecond, tell: time.Second, show: 4 * time.Second, deadlock: time.Minute, stall: 10 * time.Minute, measure: 20 * time.Second,
	}
}

const defaultRetries = 5

// complete checks c and fills in what it leaves open.
func (c Config) complete() (Config, error) {
	switch {
	case !c.Key.Valid():
		return c, errors.New("server without a key")
	case c.Listen == "":
		return c, errors.New("server without an address to listen on")
	case c.Store == "":
		return c, errors.New("server without a file for its store")
	}
	if c.Policy == nil {
		c.Policy = noPolicy()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Log = slog.New(Guarded(c.Log.Handler()))
	if c.Retries == 0 {
		c.Retries = defaultRetries
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.tamper == nil {
		c.tamper = func(conn transport.Conn) transport.Conn { return conn }
	}
	if c.pace == (pace{}) {
		c.pace = usualPace()
	}
	if err := mpc.CheckMachine(); err != nil {
		return c, fmt.Errorf("this machine: %w", err)
	}
	return c, nil
}
