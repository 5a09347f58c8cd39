package bench

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
)

// lesson is an order to train.
type lesson struct {
	Task  string
	Level string
	Quick bool
	Laps  int
}

// stepApart measures training steps between three processes: each has the whole
// training set, of which it takes its parts.
func (b *bench) stepApart(t task) error {
	return b.between(func(all []*player) error {
		var spent [3][]epoch
		l := lesson{Task: t.name, Level: string(b.Level), Quick: b.Quick, Laps: warmLaps + b.protocol.samples}
		err := ask(all, order{Lesson: &l}, func(i int, answer *json.Decoder) error { return answer.Decode(&spent[i]) })
		if err == nil {
			b.result.StepApart[t.name] = digits(perStep(spent, t.steps), 4)
		}
		return err
	})
}

// learn trains as one of three processes, and returns what it spent.
func (s *roundServer) learn(l lesson) ([]epoch, error) {
	restore, err := Level(l.Level).force()
	if err != nil {
		return nil, err
	}
	defer restore()
	b := newBench(context.Background(), Options{Quick: l.Quick})
	for _, t := range b.tasks() {
		if t.name == l.Task {
			return s.train(b, t, l.Laps)
		}
	}
	return nil, errors.New("got an order to train " + l.Task + ", which is no task")
}

func (s *roundServer) train(b *bench, t task, laps int) ([]epoch, error) {
	data, err := newRows(t)
	if err != nil {
		return nil, err
	}
	keys, err := sessionKeys()
	if err != nil {
		return nil, err
	}
	conn, err := s.open(grpcnet.SessionID{1})
	if err != nil {
		return nil, err
	}
	var trained *training
	_, err = mpc.Run(b.ctx, conn, keys[s.self], b.policy, b.protocolsOf(t), func(p *mpc.Party) (err error) {
		if trained, err = b.newTraining(p, t, data); err != nil {
			return err
		}
		for lap := 0; lap < laps && err == nil; lap++ {
			err = trained.epoch()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return trained.epochs, nil
}
