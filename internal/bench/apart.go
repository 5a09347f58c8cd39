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

// Rounds are also measured between three processes, as between three machines:
// each has processors of its own and wakes nobody in another. This process starts
// them, tells each its index, where all of them are, and then which laps to play, as
// lines of JSON.

// place is where a process is reached.
type place struct {
	TCP, GRPC string // addresses
	Key       []byte // that GRPC is known by
}

// order is a lap to play.
type order struct {
	Transport string
	Trips     int
}

// apartTransports are those that are measured between processes.
func apartTransports() []string { return []string{"tcp", "grpc_mtls"} }

// apart measures rounds between three processes, in turns.
func (b *bench) apart() error {
	if b.Process == nil || b.Link != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel() // ends processes that have not ended by themselves
	all, err := b.startPlayers(ctx)
	if err == nil {
		err = b.playApart(all)
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
			d, err := playLap(all, order{transport, b.trips})
			if err != nil {
				return err
			}
			if lap >= warmLaps {
				took[transport] = append(took[transport], d)
			}
		}
	}
	b.result.RoundApart = map[string]float64{}
	for transport, list := range took {
		b.result.RoundApart[transport] = digits(median(list).Seconds()*1e6/float64(b.trips), 3)
	}
	return nil
}

// playLap plays a lap on all processes and returns how long the last one took.
func playLap(all []*player, o order) (longest time.Duration, err error) {
	for _, p := range all {
		err = errors.Join(err, p.in.Encode(o))
	}
	for _, p := range all {
		var took time.Duration
		err = errors.Join(err, p.out.Decode(&took))
		longest = max(longest, took)
	}
	return longest, err
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
		p, err := startPlayer(b.Process(ctx))
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

func startPlayer(cmd *exec.Cmd) (*player, error) {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &player{cmd: cmd, stdin: stdin, in: json.NewEncoder(stdin), out: json.NewDecoder(stdout)}, nil
}

// end closes the process's standard input, at which it ends.
func (p *player) end() error {
	_ = p.stdin.Close() // an error means that it has ended already
	return p.cmd.Wait()
}
