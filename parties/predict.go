package parties

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/tensor"
)

// Prediction says what is predicted, of what, and for whom.
type Prediction struct {
	// Model is a trained network. Its layers, the features and how they are scaled
	// are public; so are its weights, unless SecretWeights has their owner share them.
	Model         *Model
	SecretWeights bool

	// Rows are another owner's, n×features in the original units, or n×pixels as
	// Model.Pixel says. The servers learn their number only.
	Rows tensor.Dense
	Site string // whose rows they are, for a model that tells sites apart

	// To are those who hear the predictions: names, or [Everyone], which includes
	// the servers.
	To Audience

	Classes bool   // open the number of the largest output of a row, and no outputs
	Batch   int    // rows that are looked at together; 0: 500
	Number  Number // zero: that of [NewJob]
}

// Predictions are what a prediction gives to those who hear it.
type Predictions struct {
	// Outputs are n×outputs: logits, or numbers in the unit of the target; n×1
	// classes if those were asked for.
	Outputs   tensor.Dense
	Rounds    int
	BytesSent [3]int64     // payload of each server
	Audit     []AuditEntry // every opening, in order
}

// Lines of the reveal list of a prediction.
const (
	RevealPredictions   = "predict/outputs"  // what the model says of every row
	RevealPredictionBit = "predict/overflow" // one bit: did a number leave the fixed-point range
)

// ErrPredictionRange is what the error of Predict wraps when a number left the
// fixed-point range, and no predictions were opened.
var ErrPredictionRange = errors.New("a number left the fixed-point range")

// Predict applies a model to secret rows, with the owners of both and the three
// servers in this process (or, on the clear engine, with one server that sees
// everything): as [Local] does, for trying it out and for tests.
//
// Opened are one bit to all, whether a number left the fixed-point range, and if
// none did the predictions to those that To names.
func Predict(ctx context.Context, q Prediction, opt Options) (*Predictions, error) {
	r, err := newPrediction(q)
	if err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	switch opt.Engine {
	case "", EngineSecure:
		err = r.secure(ctx, opt)
	case EngineClear:
		err = r.clear(ctx)
	default:
		err = fmt.Errorf("got engine %q, want %s or %s", opt.Engine, EngineSecure, EngineClear)
	}
	if err == nil {
		err = r.combine()
	}
	if err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	return &r.out, nil
}

// prediction is one call of Predict.
type prediction struct {
	Prediction
	job    *Job              // that has the same numbers
	shapes []blueprint.Param // of the weights
	words  [2][]uint64       // rows; weights if they are secret

	from []Delivered // of each server
	out  Predictions
}

func newPrediction(q Prediction) (*prediction, error) {
	r := &prediction{Prediction: q, job: NewJob()}
	if q.Number != (Number{}) {
		r.job.Number = q.Number
	}
	if r.Batch < 1 {
		r.Batch = 500
	}
	switch {
	case q.Model == nil || q.Model.Network == nil:
		return nil, errors.New("got no network, want the model of a job with layers, or softmax_regression")
	case len(q.To) == 0:
		return nil, errors.New("got nobody to hear the predictions, want names or Everyone()")
	}
	var err error
	if r.shapes, err = blueprint.Params(q.Model.Network.Layers, q.Model.Network.Input); err != nil {
		return nil, err
	}
	same := func(a, b blueprint.Param) bool {
		return a.Name == b.Name && slices.Equal(a.Shape, b.Shape) && len(b.Data) == blueprint.Size(b.Shape)
	}
	if !slices.EqualFunc(r.shapes, q.Model.Network.Params, same) {
		return nil, errors.New("the weights do not fit the layers of the model")
	}
	if err := r.encodeRows(); err != nil {
		return nil, err
	}
	return r, r.encodeWeights()
}

// secure runs three servers.
func (r *prediction) secure(ctx context.Context, opt Options) error {
	keys, err := localKeys([32]byte{})
	if err != nil {
		return err
	}
	parts, err := r.split()
	if err != nil {
		return err
	}
	link, network := (&run{opt: opt}).network()
	conns := mem.New(network...)
	defer conns[0].Close(nil)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.from = make([]Delivered, servers)
	var all sync.WaitGroup
	for k := range conns {
		all.Go(func() {
			policy := r.policy()
			options := mpc.Options{Rounding: r.job.rounding(), CoarseSigns: r.job.coarseSigns(), Link: link}
			report, err := mpc.Run(ctx, conns[k], keys[k], policy, options, func(p *mpc.Party) (err error) {
				r.from[k], err = r.serve(p, policy, parts[k])
				return err
			})
			if err != nil {
				cancel(err)
			}
			r.out.BytesSent[k] = report.BytesSent
			if k == 0 {
				r.note(report)
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// clear runs the server that sees everything.
func (r *prediction) clear(ctx context.Context) error {
	policy := r.policy()
	options := mpc.ClearOptions{Rounding: r.job.rounding(), CoarseSigns: r.job.coarseSigns(), Seed: r.job.Train.Seed}
	r.from = make([]Delivered, 1)
	report, err := mpc.RunClear(ctx, policy, options, func(e *mpc.Clear) (err error) {
		r.from[0], err = r.serve(e, policy, [2]mpc.Part{mpc.Plain(r.words[0]), mpc.Plain(r.words[1])})
		return err
	})
	r.note(report)
	return err
}

func (r *prediction) policy() *mpc.Policy {
	return mpc.NewPolicy(mpc.Line{What: RevealPredictionBit, To: Everyone()}, mpc.Line{What: RevealPredictions, To: r.To})
}

// note keeps what server 0 reports.
func (r *prediction) note(report *mpc.Report) {
	r.out.Rounds = report.Rounds
	for _, o := range report.Openings {
		r.out.Audit = append(r.out.Audit, auditEntry(o))
	}
}
