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
// same programs in the same order. It is the only place where a session starts
// goroutines; a failure of one program is carried over.
func (p *Party) Par(programs ...func(*Party)) {
	if len(programs) == 0 {
		return
	}
	for len(p.children) < len(programs) {
		p.addChild()
	}
	var wg sync.WaitGroup
	caught := make([]any, len(programs))
	for i, program := range programs[1:] {
		wg.Go(func() { p.child(i+1, program, &caught[i+1]) })
	}
	p.child(0, programs[0], &caught[0])
	wg.Wait()
	for i := range programs {
		p.depth = max(p.depth, p.children[i].depth)
	}
	if worst := worstOf(caught); worst != nil {
		panic(worst)
	}
}

func (p *Party) addChild() {
	i := len(p.children)
	path := fmt.Sprintf("%s.%d", p.path, i)
	p.children = append(p.children, &Party{session: p.session, path: path, lane: p.session.lane(path), turn: i % 3})
}

// child runs program on lane i and writes what it panicked with to caught. A
// failure closes the connection at once, so that the other lanes wake up.
func (p *Party) child(i int, program func(*Party), caught *any) {
	c := p.children[i]
	c.depth = p.depth
	returned := false
	defer func() {
		if *caught = recover(); *caught == nil && !returned {
			*caught = &failure{errGaveUp} // runtime.Goexit, as in a test that fails
		}
		if *caught != nil {
			p.net.Close(causeOf(caught))
		}
	}()
	program(c)
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
func worstOf(caught []any) (worst any) {
	rank := 0
	for _, c := range caught {
		if r := rankOf(c); r > rank {
			worst, rank = c, r
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
