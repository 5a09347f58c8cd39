package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// Rounds and training steps are also measured between three processes, as between
// three machines: each has processors of its own and wakes nobody in another. This
// process starts them, tells each its index, where all of them are, and then which laps
// to play or what to train, as lines of JSON.

// place is where a process is reached.
type place struct {
	TCP, GRPC string // addresses
	Key       []byte // that GRPC is known by
}

// order is a lap of rounds to play, or else a lesson.
type order struct {
	Transport string
	Trips     int
	Lesson    *lesson
}

// apartTransports are those that are measured between processes.
func apartTransports() []string { return []string{"tcp", "grpc_mtls"} }

// apart measures rounds between three processes, in turns.
func (b *bench) apart() error { return b.between(b.playApart) }

// between runs f with three processes, if there may be any.
func (b *bench) between(f func(all []*player) error) error {
	if b.Process == nil || b.Link != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel() // ends processes that have not ended by themselves
	all, err := b.startPlayers(ctx)
	if err == nil {
		err = f(all)
	}
	for _, p := range all {
		err = errors.Join(err, p.end())
	}
	return errors.Join(context.Cause(b.ctx), err)
}

// playApart takes the median lap of each transport.
func (b *bench) playApart(all []*player) error {
	took := map[string][]time.Duration{}
	begin := time.Now()
	for lap := 0; lap < warmLaps+b.protocol.samples || time.Since(begin) < b.protocol.total; lap++ {
		for _, transport := range apartTransports() {
			d, err := playLap(all, order{Transport: transport, Trips: b.trips})
			if err != nil {
				return err
			}
			if lap >= warmLaps {
				took[transport] = append(took[transport], d)
			}
		}
	}
	for transport, list := range took {
		b.result.RoundApart[transport] = digits(median(list).Seconds()*1e6/float64(b.trips), 3)
	}
	return nil
}

// playLap plays a lap on all processes and returns how long the last one took.
func playLap(all []*player, o order) (longest time.Duration, err error) {
	err = ask(all, o, func(_ int, answer *json.Decoder) error {
		var took time.Duration
		err := answer.Decode(&took)
		longest = max(longest, took)
		return err
	})
	return longest, err
}

// ask gives all processes an order and takes their answers.
func ask(all []*player, o order, take func(i int, answer *json.Decoder) error) (err error) {
	for _, p := range all {
		err = errors.Join(err, p.in.Encode(o))
	}
	for i, p := range all {
		err = errors.Join(err, take(i, p.out))
	}
	return err
}

// player is a process as this one sees it.
type player struct {
	cmd   *exec.Cmd
	stdin io.Closer
	in    *json.Encoder
	out   *json.Decoder
}

// startPlayers starts three processes and tells each where the others are. It
// returns those that it has started.
func (b *bench) startPlayers(ctx context.Context) (all []*player, err error) {
	var places [3]place
	for i := range places {
		p, err := b.startPlayer(b.Process(ctx))
		if err != nil {
			return all, err
		}
		all = append(all, p)
		if err := errors.Join(p.in.Encode(i), p.out.Decode(&places[i])); err != nil {
			return all, fmt.Errorf("process %d says nothing: %w", i, err)
		}
	}
	for _, p := range all {
		err = errors.Join(err, p.in.Encode(places))
	}
	return all, err
}

func (b *bench) startPlayer(cmd *exec.Cmd) (*player, error) {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	start := b.Start
	if start == nil {
		start = (*exec.Cmd).Start
	}
	if err := start(cmd); err != nil {
		return nil, err
	}
	return &player{cmd: cmd, stdin: stdin, in: json.NewEncoder(stdin), out: json.NewDecoder(stdout)}, nil
}

// end closes the process's standard input, at which it ends.
func (p *player) end() error {
	_ = p.stdin.Close() // an error means that it has ended already
	return p.cmd.Wait()
}
