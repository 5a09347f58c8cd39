package mpc

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/trefoil-ml/trefoil/internal/prg"
	"github.com/trefoil-ml/trefoil/internal/transport"
)

// session is what all lanes of one server share during one run.
type session struct {
	server int
	net    transport.Conn
	keys   prg.Keys
	policy *Policy
	opts   Options

	bytes [3]atomic.Int64 // payload sent, by receiver
	depth atomic.Uint32   // longest chain of messages seen so far
	audit auditLog
	arena arena

	changes atomic.Uint64 // of vectors that were handed out

	mu    sync.Mutex
	lanes map[uint64]string
	steps stepPath
}

// Rounding says how a truncation rounds.
type Rounding int

const (
	// Stochastic rounds up with the probability of the fraction cut off
	// (unbiased, error below one unit in the last place).
	Stochastic Rounding = iota
	// Exact rounds to the nearest multiple, ties up, at the price of a
	// comparison circuit.
	Exact
)

// Options choose between protocols that compute the same function.
type Options struct {
	Rounding Rounding
	// CoarseSigns is how many low bits of a number [Party.ReLU] does not look at.
	CoarseSigns int
	// Link says how long messages take, for choosing between few rounds and few
	// bytes.
	Link Link
	// OnOpen, if set, is called with every opening before a word of it is sent. Its
	// error ends the session.
	OnOpen func(Opening) error
	// Trace, if set, records which messages the session sends.
	Trace *Trace

	forceLeaf *leafForm // for tests: compare so, wherever it fits
	forceWrap int       // for tests: truncate in so many rounds
}

// lane registers the lane named path and returns its number, the same on all
// three servers.
func (s *session) lane(path string) uint64 {
	sum := sha256.Sum256([]byte(path))
	id := binary.LittleEndian.Uint64(sum[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	if other, used := s.lanes[id]; used {
		panic(&failure{fmt.Errorf("mpc: lanes %q and %q have the same number; rename one", path, other)})
	}
	s.lanes[id] = path
	return id
}

// noteDepth records that a chain of d messages has been seen.
func (s *session) noteDepth(d uint32) {
	for {
		old := s.depth.Load()
		if d <= old || s.depth.CompareAndSwap(old, d) {
			return
		}
	}
}

// stepPath is the readable name of what the session is doing, for errors and
// the audit log. Pushing a name formats nothing.
type stepPath struct {
	mu    sync.Mutex
	names []stepName
}

type stepName struct {
	name  string
	index int // negative: none
}

func (p *stepPath) push(name string, index int) {
	p.mu.Lock()
	p.names = append(p.names, stepName{name, index})
	p.mu.Unlock()
}

func (p *stepPath) pop() {
	p.mu.Lock()
	p.names = p.names[:len(p.names)-1]
	p.mu.Unlock()
}

func (p *stepPath) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	parts := make([]string, len(p.names))
	for i, n := range p.names {
		parts[i] = n.name
		if n.index >= 0 {
			parts[i] += " " + strconv.Itoa(n.index)
		}
	}
	return strings.Join(parts, "/")
}
