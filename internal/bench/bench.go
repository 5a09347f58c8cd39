package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"runtime"
	"runtime/debug"

	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// Options say what to measure. The zero Options take a minute.
type Options struct {
	Level Level // of the arithmetic; "" is the one in use
	Link  *Link // emulated between the servers; nil is none
	Quick bool  // a few seconds, on short vectors: to see that it works

	OnStage func(name string) // if set, is told what is measured next

	// Process, if set, returns the command of a process that calls [Serve] and ends
	// with ctx: rounds and training steps are also measured between three of them.
	// Start, if set, starts them, with the scheduling that servers have.
	Process func(ctx context.Context) *exec.Cmd
	Start   func(cmd *exec.Cmd) error
}

// Run measures everything. Nothing else should run meanwhile, in this process
// or beside it.
func Run(ctx context.Context, o Options) (*Result, error) {
	restore, err := o.Level.force()
	if err != nil {
		return nil, err
	}
	defer restore()
	b := newBench(ctx, o)
	for _, s := range b.stages() {
		if err := b.stage(s); err != nil {
			return nil, err
		}
	}
	return b.result, nil
}

// bench is one run.
type bench struct {
	Options
	plan
	ctx    context.Context
	policy *mpc.Policy
	result *Result
}

func newBench(ctx context.Context, o Options) *bench {
	return &bench{Options: o, ctx: ctx, plan: o.plan(), policy: newPolicy(), result: newResult(o)}
}

// stage is what is measured at a time.
type stage struct {
	name string
	run  func() error
}

func (b *bench) stages() []stage {
	list := []stage{{"matmul", b.matMul}, {"prg", b.stream}, {"round", b.rounds}}
	for _, o := range operations() {
		list = append(list, stage{o.name, func() error { return b.operation(o) }})
	}
	for _, t := range b.tasks() {
		if b.Link == nil || !t.network() { // a link would take minutes for a network
			list = append(list, stage{t.name, func() error { return b.step(t) }})
		}
	}
	return list
}

// stage runs s and gives its memory back.
func (b *bench) stage(s stage) error {
	if err := context.Cause(b.ctx); err != nil {
		return err
	}
	if b.OnStage != nil {
		b.OnStage(s.name)
	}
	if err := s.run(); err != nil {
		return fmt.Errorf("bench %s: %w", s.name, err)
	}
	debug.FreeOSMemory()
	return nil
}

func newResult(o Options) *Result {
	return &Result{
		CPU: findCPU(), Go: runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH,
		Link: o.Link, Values: o.plan().values,
		MatMul: map[string]Product{}, Round: map[string]float64{}, Stream: map[string]float64{}, Ops: map[string]Op{},
		Networks: map[string]Step{}, RoundApart: map[string]float64{}, StepApart: map[string]float64{},
		Allocs: Allocs{Rounds: map[string]float64{}},
	}
}

// random is where keys, shares and operands come from. They protect nothing and
// are the same in every run.
func random() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{'b', 'e', 'n', 'c', 'h'}) }

// randomWords returns n words of signed numbers of at most so many bits.
func randomWords(n, bits int) []uint64 {
	source, words := random(), make([]uint64, n)
	for i := range words {
		words[i] = uint64(int64(source.Uint64()) >> (63 - bits))
	}
	return words
}
