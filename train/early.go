package train

import (
	"errors"
	"math"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// EarlyStopping ends training when the loss on rows that are not trained on no
// longer falls, as keras.callbacks.EarlyStopping. After every epoch but the first
// and the last, one bit is opened: whether the loss is lower than ever before, by
// more than MinDelta. The loss itself stays secret.
//
// What is compared is the mean square of the gradient at the output: for the
// cross-entropies, where that is p − y, the Brier score; for the mean squared error
// over k outputs 4/k² times the loss.
type EarlyStopping struct {
	X, Y     tensor.Secret // the rows, as Fit wants them
	Patience int           // epochs without a lower loss that are borne; 0 stops at the first
	MinDelta float64
	Restore  bool // go back to the weights with the lowest loss, if it is not the last one
	Permit   tensor.Permit

	best    tensor.Secret
	kept    []tensor.Secret
	waiting int
}

// validated is a model that [EarlyStopping] can look at.
type validated interface {
	Model
	// residuals returns gain times the gradient at the output, as Step has it.
	residuals(x, y tensor.Secret) (d tensor.Secret, gain float64)
}

// validationBatch is how many rows are looked at at once.
const validationBatch = 512

// start forgets an earlier training.
func (e *EarlyStopping) start(s *tensor.Session, m Model) error {
	if _, ok := m.(validated); !ok {
		return errors.New("train: early stopping needs a LogisticRegression, a LinearRegression or a Network")
	}
	e.best, e.kept, e.waiting = s.Zeros(s.FractionBits(), 1, 1), nil, 0
	for _, p := range state(m) {
		if e.Restore {
			e.kept = append(e.kept, s.Zeros(p.Value.Scale(), p.Value.Shape()...))
		}
	}
	return nil
}

// after looks at the loss after an epoch, and says whether to stop.
func (e *EarlyStopping) after(s *tensor.Session, m Model, epoch int) (stop bool) {
	s.Temporary(func() {
		loss := e.loss(s, m.(validated))
		if epoch == 1 || e.lower(s, loss) {
			e.best.Assign(loss)
			e.keep(m)
			e.waiting = 0
			return
		}
		if e.waiting++; e.waiting > e.Patience {
			stop = true
			e.restore(m)
		}
	})
	return stop
}

// loss returns the mean square over all rows and outputs, 1×1 at the working
// scale.
func (e *EarlyStopping) loss(s *tensor.Session, m validated) tensor.Secret {
	f := s.FractionBits()
	sum := s.Zeros(f, 1, 1)
	n, gain := 0, 1.
	if network, ok := m.(*Network); ok {
		network.Layers.SetTraining(false)
		defer network.Layers.SetTraining(true)
	}
	for lo := 0; lo < e.X.Rows(); lo += validationBatch {
		hi := min(lo+validationBatch, e.X.Rows())
		var d tensor.Secret
		d, gain = m.residuals(e.X.Slice(lo, hi), e.Y.Slice(lo, hi))
		n += d.Len()
		row := d.Reshape(1, d.Len())
		sum = sum.Add(row.MatMul(row.T()).Rescale(f))
	}
	const bits = 24
	return sum.Times(1/(gain*gain*float64(n)), bits).Rescale(f)
}

// lower opens whether the loss is below the best by more than MinDelta. Both are
// compared as 2^−6 of themselves: squares reach beyond the range of numbers.
func (e *EarlyStopping) lower(s *tensor.Session, loss tensor.Secret) bool {
	const down = 6
	unit := math.Ldexp(1, -s.FractionBits())
	better := e.best.Sub(loss).Shift(down).AtLeast((e.MinDelta + unit) / (1 << down))[0]
	bit := better.Mul(s.Constant(tensor.NewDense([]float64{1}, 1, 1), 0))
	return s.Reveal(bit, e.Permit).At(0, 0) != 0
}

func (e *EarlyStopping) keep(m Model) {
	for i, p := range state(m) {
		if e.Restore {
			e.kept[i].Assign(p.Value)
		}
	}
}

func (e *EarlyStopping) restore(m Model) {
	for i, p := range state(m) {
		if e.Restore {
			p.Value.Assign(e.kept[i])
		}
	}
}

// state returns all tensors that make up a model.
func state(m Model) []*layers.Param {
	all := append([]*layers.Param{}, m.Params()...)
	if n, ok := m.(*Network); ok {
		all = append(all, n.Layers.Buffers()...)
	}
	return all
}
