package mpc

import (
	"context"

	"github.com/trefoil-ml/trefoil/internal/prg"
	"github.com/trefoil-ml/trefoil/internal/ring"
	"github.com/trefoil-ml/trefoil/internal/transport"
)

// CheckMachine returns an error if the environment asks for instructions that
// this machine does not have. Call it before the first session.
func CheckMachine() error { return ring.CheckLevel() }

// Run runs program as one server of a session and returns its error. Keys and
// connection must be fresh: a session's lanes begin at zero. When ctx ends or
// the program fails, the connection is closed with that cause, and the other
// two servers end with it too.
func Run(ctx context.Context, conn transport.Conn, keys prg.Keys, policy *Policy, opts Options, program func(*Party) error) (*Report, error) {
	s := &session{
		server: conn.Server(), net: conn, keys: keys, policy: policy, opts: opts,
		lanes: map[uint64]string{},
	}
	stop := context.AfterFunc(ctx, func() { conn.Close(context.Cause(ctx)) })
	defer stop()
	p := &Party{session: s, path: "main", lane: s.lane("main")}
	err := guard(func() error { return program(p) }, func() {
		conn.Close(errBug)
	})
	if err != nil {
		conn.Close(err)
	}
	return s.report(), err
}

// guard calls program and turns its failure, and only that, into an error. Any
// other panic goes on, after a call of bug; so does runtime.Goexit, with which
// a test gives up.
func guard(program func() error, bug func()) (err error) {
	returned := false
	defer func() {
		switch r := recover().(type) {
		case nil:
			if !returned {
				bug()
			}
		case *failure:
			err = r.err
		default:
			bug()
			panic(r)
		}
	}()
	err = program()
	returned = true
	return err
}

// Report is what a session cost and opened on this server.
type Report struct {
	Rounds    int   // longest chain of messages that this server saw
	BytesSent int64 // payload
	Openings  []Opening

	Range     []RangeReport // clear engine only: what left the fixed-point range
	RangeMore int           // clear engine only: operations not in Range, which has [MaxRange] entries
}

func (s *session) report() *Report {
	return &Report{Rounds: s.rounds(), BytesSent: s.sentBytes(), Openings: s.audit.list()}
}

func (s *session) rounds() int { return int(s.depth.Load()) }

func (s *session) sentBytes() int64 {
	return s.bytes[0].Load() + s.bytes[1].Load() + s.bytes[2].Load()
}

// Cost returns the rounds and payload bytes of this server so far.
func (s *session) Cost() (rounds int, bytesSent int64) { return s.rounds(), s.sentBytes() }
