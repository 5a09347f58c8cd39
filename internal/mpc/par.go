package mpc

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// Par runs the programs at the same time, each on a lane of its own, so that
// independent protocols share their rounds. All servers must call it with the
// same programs in the same order. A failure of one program is carried over.
func (p *Party) Par(programs ...func(*Party)) {
	if len(programs) == 0 {
		return
	}
	p.settleRows(nil) // what one program changes, another may have rows of
	for _, program := range programs {
		p.nextLane().program = program
	}
	p.runLanes()
}

// lanes are the lanes of [Party.Par] below one lane. They are kept, with all
// that running them needs: a step that opens lanes often allocates nothing for it.
// It is the only place where a session starts goroutines.
type lanes struct {
	all  []*lane
	used int // of all, in the Par that is being prepared or runs
	done sync.WaitGroup
}

// lane is a lane and what it does next: program, or a chunk of a body.
type lane struct {
	party   *Party
	program func(*Party)
	body    func(q *Party, pivot, lo, hi int)
	pivot   int
	lo, hi  int

	start  func() // runs it in a goroutine
	caught any    // what it panicked with
}

// nextLane returns the next lane for runLanes, new or used before.
func (p *Party) nextLane() *lane {
	if p.below == nil {
		p.below = new(lanes)
	}
	if p.below.used == len(p.below.all) {
		p.addLane()
	}
	p.below.used++
	return p.below.all[p.below.used-1]
}

func (p *Party) addLane() {
	l := p.below
	i := len(l.all)
	path := fmt.Sprintf("%s.%d", p.path, i)
	c := &lane{party: &Party{session: p.session, path: path, lane: p.session.lane(path), turn: i % 3}}
	c.start = func() {
		defer l.done.Done()
		deepen(0)
		c.run(p.depth)
	}
	l.all = append(l.all, c)
}

// runLanes runs the lanes that nextLane gave, at least one, and panics with the
// worst that they did.
func (p *Party) runLanes() {
	l := p.below
	used := l.all[:l.used]
	l.used = 0
	l.done.Add(len(used) - 1)
	for _, c := range used[1:] {
		go c.start()
	}
	used[0].run(p.depth)
	l.done.Wait()
	for _, c := range used {
		p.depth = max(p.depth, c.party.depth)
	}
	if worst := worstOf(used); worst != nil {
		panic(worst)
	}
}

// run does what the lane is for, after a chain of so many messages, and keeps what
// that panicked with. A failure closes the connection at once, so that the other
// lanes wake up.
func (c *lane) run(depth uint32) {
	c.party.depth = depth
	returned := false
	defer func() {
		if c.caught = recover(); c.caught == nil && !returned {
			c.caught = &failure{errGaveUp} // runtime.Goexit, as in a test that fails
		}
		if c.caught != nil {
			c.party.net.Close(causeOf(&c.caught))
		}
		c.program, c.body = nil, nil
	}()
	if c.program != nil {
		c.program(c.party)
	} else {
		c.body(c.party, c.pivot, c.lo, c.hi)
	}
	returned = true
}

var errGaveUp = errors.New("a lane was given up")

// bug is a panic of a lane that is not a failure, with the stack that would be
// lost on the way to the caller of Par.
type bug struct {
	value any
	stack []byte
}

// Error tells the panic and where it was.
func (b *bug) Error() string { return fmt.Sprintf("%v\n\n%s", b.value, b.stack) }

// causeOf returns why a lane ended, and wraps a bug in its stack.
func causeOf(caught *any) error {
	switch c := (*caught).(type) {
	case *failure:
		return c.err
	case *bug:
	default:
		*caught = &bug{c, debug.Stack()}
	}
	return errBug
}

var errBug = errors.New("stopped by a bug")

// worstOf returns what Par panics with: a bug, or else a failure that is not
// the echo of another one.
func worstOf(used []*lane) (worst any) {
	rank := 0
	for _, c := range used {
		if r := rankOf(c.caught); r > rank {
			worst, rank = c.caught, r
		}
	}
	return worst
}

func rankOf(caught any) int {
	switch c := caught.(type) {
	case nil:
		return 0
	case *failure:
		if _, echo := errors.AsType[*transport.PeerError](c.err); echo {
			return 1
		}
		return 2
	}
	return 3
}
