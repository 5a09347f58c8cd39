package train

import (
	"errors"
	"math"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
)

// EarlyStopping ends training when the loss on rows that are not trained on no
// longer falls, as keras.callbacks.EarlyStopping. After every epoch but the first
// and the last, one bit is opened: whether the loss is lower than ever before, by
// more than MinDelta. The loss itself stays secret. A training that is not stopped
// keeps the weights of its last epoch, at which nothing is compared.
//
// What is compared is the mean square of the gradient at the output: for the
// cross-entropies, where that is p − y, the Brier score; for the mean squared error
// over k outputs 4/k² times the loss.
type EarlyStopping struct {
	X, Y     tensor.Secret // as Fit wants them
	Rows     []int         // public numbers of the rows of X and Y to look at; nil: all
	Patience int           // epochs without a lower loss that are borne; 0 stops at the first
	MinDelta float64
	Restore  bool // when stopped, go back to the weights with the lowest loss
	Permit   tensor.Permit

	best    tensor.Secret
	now     tensor.Secret // the loss
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
	e.best, e.now = s.Zeros(s.FractionBits(), 1, 1), s.Zeros(s.FractionBits(), 1, 1)
	e.kept, e.waiting = nil, 0
	for _, p := range state(m) {
		if e.Restore {
			e.kept = append(e.kept, s.Zeros(p.Value.Scale(), p.Value.Shape()...))
		}
	}
	return nil
}

// after looks at the loss after an epoch, and says whether to stop.
func (e *EarlyStopping) after(s *tensor.Session, m Model, epoch int) (stop bool) {
	e.look(s, m.(validated))
	s.Temporary(func() {
		if epoch == 1 || e.lower(s, e.now) {
			e.best.Assign(e.now)
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

// look works out the loss, with the model as it is in use.
func (e *EarlyStopping) look(s *tensor.Session, m validated) {
	network, ok := m.(*Network)
	if !ok {
		e.measure(s, m)
		return
	}
	network.Layers.InUse(func() { e.measure(s, m) })
}

// measure works out the mean square over all rows and outputs, 1×1 at the working
// scale. What it makes on the way is taken back after every batch.
func (e *EarlyStopping) measure(s *tensor.Session, m validated) {
	rows := e.X.Rows()
	if e.Rows != nil {
		rows = len(e.Rows)
	}
	e.now.Assign(s.Zeros(s.FractionBits(), 1, 1))
	n, gain := 0, 1.
	for _, batch := range datasets.Batches(rows, validationBatch, 0, 0, false) {
		s.Temporary(func() {
			of := chosen(e.Rows, batch)
			var d tensor.Secret
			d, gain = m.residuals(e.X.Gather(of), e.Y.Gather(of))
			n += d.Len()
			row := d.Reshape(1, d.Len())
			e.now.Assign(e.now.Add(row.MatMul(row.T()).Rescale(s.FractionBits())))
		})
	}
	const bits = 24
	s.Temporary(func() {
		e.now.Assign(e.now.Times(1/(gain*gain*float64(n)), bits).Rescale(s.FractionBits()))
	})
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
