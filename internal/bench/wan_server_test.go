package bench

import (
	"context"
	"errors"
	"time"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/measure"
	"github.com/trefoil-ml/trefoil/layers"
)

// wanFigures is what one server finds over one kind of link. Times are medians
// in seconds.
type wanFigures struct {
	Measured               measure.Link
	Measuring              float64 // how long that took
	Round64, Round64K      float64 // rounds of the ring, of 64 bytes and 64 KiB
	Step                   float64 // a training step
	ReLU                   float64 // a ReLU of wanValues values
	StepRounds, ReLURounds int
}

const (
	wanValues = 1 << 16
	wanSteps  = 4 // in an epoch, after the first
	wanLaps   = 4 // of which the first is not counted
	wanTrips  = 10
)

// wanServer is one server's part in the comparison: connect opens a session of
// that number.
type wanServer struct {
	connect func(session byte) (transport.Conn, error)
	options mpc.Options
	wanFigures
}

// run takes all figures. The last session ends all: a server that is through
// may only go when the others are.
func (s *wanServer) run() error {
	for number, f := range []func(transport.Conn) error{s.links, s.rounds, s.steps, s.relu, s.leave} {
		conn, err := s.connect(byte(number))
		if err != nil {
			return err
		}
		if err := f(conn); err != nil {
			return err
		}
	}
	return nil
}

// leave waits for the others. The first to have heard of both ends the session.
func (s *wanServer) leave(conn transport.Conn) error {
	for seq := range uint32(2) {
		if err := connTrip(conn, seq, 1); err != nil && !errors.Is(err, transport.ErrClosed) {
			return err
		}
	}
	conn.Close(nil)
	return nil
}

func (s *wanServer) links(conn transport.Conn) error {
	start := time.Now()
	r, err := measure.Links(context.Background(), conn)
	if err == nil {
		s.Measured, s.Measuring = r.Link, time.Since(start).Seconds()
	}
	return err
}

// laps returns the median time of f.
func laps(f func() error) (float64, error) {
	var took []time.Duration
	for lap := range wanLaps {
		start := time.Now()
		if err := f(); err != nil {
			return 0, err
		}
		if lap > 0 {
			took = append(took, time.Since(start))
		}
	}
	return median(took).Seconds(), nil
}

func (s *wanServer) rounds(conn transport.Conn) (err error) {
	seq := uint32(0)
	ring := func(words int) func() error {
		return func() error {
			for range wanTrips {
				if err := connTrip(conn, seq, words); err != nil {
					return err
				}
				seq++
			}
			return nil
		}
	}
	if s.Round64, err = laps(ring(8)); err != nil {
		return err
	}
	s.Round64K, err = laps(ring(64 << 10 / 8))
	s.Round64, s.Round64K = s.Round64/wanTrips, s.Round64K/wanTrips
	return err
}

// session runs a program.
func (s *wanServer) session(conn transport.Conn, policy *mpc.Policy, program func(*mpc.Party) error) error {
	keys, err := sessionKeys()
	if err != nil {
		return err
	}
	_, err = mpc.Run(context.Background(), conn, keys[conn.Server()], policy, s.options, program)
	return err
}

func (s *wanServer) steps(conn transport.Conn) error {
	k := plan{steps: wanSteps}.regression("lr_step", layers.Minimax5())
	data, err := newRows(k)
	if err != nil {
		return err
	}
	b := newBench(context.Background(), Options{Quick: true})
	return s.session(conn, b.policy, func(p *mpc.Party) error {
		t, err := b.newTraining(p, k, data)
		if err != nil {
			return err
		}
		for range wanLaps {
			if err := t.epoch(); err != nil {
				return err
			}
		}
		var took []time.Duration
		for _, e := range t.epochs[1:] {
			took = append(took, e.Last.Time.Sub(e.First.Time)/wanSteps)
			s.StepRounds = (e.Last.Rounds - e.First.Rounds) / wanSteps
		}
		s.Step = median(took).Seconds()
		return nil
	})
}

func (s *wanServer) relu(conn transport.Conn) error {
	in, err := share(wanValues, operandBits)
	if err != nil {
		return err
	}
	return s.session(conn, newPolicy(), func(p *mpc.Party) (err error) {
		x := p.Input(in[p.Server()])
		s.ReLU, err = laps(func() error {
			before, _ := p.Cost()
			p.Begin()
			p.BitMul(p.Not(p.Negative(x, 32)), x)
			p.End()
			after, _ := p.Cost()
			s.ReLURounds = after - before
			return nil
		})
		return err
	})
}

// connTrip is a server's side of one round of so many words.
func connTrip(c transport.Conn, seq uint32, words int) error {
	var r connRing
	r[c.Server()] = c
	return errors.Join(r.send(c.Server(), seq, words), r.recv(c.Server(), seq, words))
}
