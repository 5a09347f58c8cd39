package train

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// stopping trains a network with early stopping on the second half of the rows,
// and returns the weights after each epoch, and those that it ends with.
// With listed, it names the rows of either half instead of copying them.
func stopping(d table, epochs int, e EarlyStopping, listed bool) tensortest.Program {
	half := d.x.Shape()[0] / 2
	return func(s *tensor.Session, in []tensor.Secret) (out []tensor.Secret, err error) {
		m, e, y := dense(s, layers.MSE{}, 3, 4, 6, 3), e, s.Constant(d.y, 16)
		e.X, e.Y, e.Permit = in[0].Slice(half, 2*half), y.Slice(half, 2*half), tensortest.Permit()
		for _, p := range m.Params() {
			out = append(out, s.Zeros(p.Value.Scale(), p.Value.Shape()...))
			out[len(out)-1].Assign(p.Value)
		}
		c := Config{
			Epochs: epochs, BatchSize: 8, Optimizer: &SGD{LearningRate: 1.4, Momentum: .5}, Alarm: tensortest.Permit(),
			EarlyStopping: &e, AfterEpoch: func(int) { out = append(out, allWeights(m)) },
		}
		x, targets := in[0].Slice(0, half), y.Slice(0, half)
		if listed {
			x, targets = tensor.Concat(x.Slice(0, 5), e.X, x.Slice(5, half)), tensor.Concat(targets.Slice(0, 5), e.Y, targets.Slice(5, half))
			e.X, e.Y = x, targets
			for i := range half {
				e.Rows = append(e.Rows, 5+i)
				if i < 5 {
					c.Rows = append(c.Rows, i)
				} else {
					c.Rows = append(c.Rows, half+i)
				}
			}
		}
		err = Fit(s, m, x, targets, c)
		return append(out, allWeights(m)), err
	}
}

// validationLosses are those after each epoch with these weights.
func validationLosses(d table, first []tensor.Dense, history []tensor.Dense) (losses []float64) {
	half := d.x.Shape()[0] / 2
	for _, w := range history {
		n, at := newFloatNet(false, first), 0
		for _, p := range n.params() {
			at += copy(p.RawMatrix().Data, w.Data()[at:])
		}
		h := n.forward(matrixOf(d.x.Rows(half, 2*half)))
		g, sum := n.outputGradient(h[len(h)-1], matrixOf(d.y.Rows(half, 2*half))).RawMatrix().Data, 0.
		for _, v := range g {
			sum += v * v
		}
		losses = append(losses, sum/float64(len(g)))
	}
	return losses
}

// Training ends after the epoch, and with the weights, that the losses worked out
// in the clear say; one bit is opened after every epoch but the first and the last.
func TestEarlyStopping(t *testing.T) {
	d, stopped := smallRegression(64), 0
	for _, patience := range []int{0, 1, 3} {
		for _, restore := range []bool{false, true} {
			const epochs = 25
			secure, inClear := tensortest.Both(t, tensortest.Options{Exact: true}, stopping(d, epochs, EarlyStopping{Patience: patience, Restore: restore, MinDelta: .001}, false), d.x)
			require.Equal(t, inClear.Values, secure.Values)
			history := secure.Values[4 : len(secure.Values)-1]
			losses := validationLosses(d, secure.Values[:4], history)
			best, bestEpoch, waited, opened := math.Inf(1), 0, 0, 0
			for epoch := 1; epoch <= len(history); epoch++ {
				if epoch > 1 && epoch < epochs {
					opened++
				}
				switch loss := losses[epoch-1]; {
				case loss < best-.001:
					best, bestEpoch, waited = loss, epoch, 0
				case epoch < epochs:
					waited++
				}
				require.Equal(t, waited > patience, epoch == len(history) && epoch < epochs, "epoch %d of %v", epoch, losses)
			}
			if len(history) < epochs {
				stopped++
			}
			last := secure.Values[len(secure.Values)-1]
			if restore && len(history) < epochs {
				require.Equal(t, history[bestEpoch-1], last)
			} else {
				require.Equal(t, history[len(history)-1], last)
			}
			bits := 0
			for _, o := range secure.Openings {
				if o.Step == fmt.Sprintf("epoch %d/early stopping", bits+2) {
					require.Equal(t, 1, o.Values)
					bits++
				}
			}
			require.Equal(t, opened, bits)
		}
	}
	require.Positive(t, stopped)
}

// Training on listed rows, and looking at others, is training on copies of them.
func TestListedRows(t *testing.T) {
	d := smallRegression(64)
	for _, run := range []func(listed bool) tensortest.Result{
		func(listed bool) tensortest.Result {
			return tensortest.Secure(t, tensortest.Options{Exact: true}, stopping(d, 8, EarlyStopping{Restore: true}, listed), d.x)
		},
		func(listed bool) tensortest.Result {
			return tensortest.Clear(t, tensortest.Options{Exact: true}, stopping(d, 8, EarlyStopping{Restore: true}, listed), d.x)
		},
	} {
		copied, listed := run(false), run(true)
		require.NoError(t, copied.Err)
		require.Equal(t, copied.Values, listed.Values)
		require.Equal(t, copied.Bytes, listed.Bytes)
		require.Equal(t, copied.Rounds, listed.Rounds)
	}
}

// Listed rows are read where they are: training on most rows, and looking at the
// others, takes the three servers less memory than one of them has rows.
func TestListedRowsAreNotCopied(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector counts as memory")
	}
	const rows, columns = 20000, 100
	r := tensortest.Secure(t, tensortest.Options{}, func(s *tensor.Session, _ []tensor.Secret) ([]tensor.Secret, error) {
		x, y := s.Zeros(16, rows, columns), s.Zeros(16, rows, 3)
		m := dense(s, layers.MSE{}, 3, columns, 3)
		e := &EarlyStopping{X: x, Y: y, Permit: tensortest.Permit()}
		c := Config{Epochs: 2, BatchSize: 500, Optimizer: &SGD{LearningRate: .1}, Alarm: tensortest.Permit(), EarlyStopping: e}
		for i := range rows {
			if i%8 == 0 {
				e.Rows = append(e.Rows, i)
			} else {
				c.Rows = append(c.Rows, i)
			}
		}
		for range 3 { // until all servers have their rows
			s.Reveal(y.Slice(0, 1), tensortest.Permit())
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := Fit(s, m, x, y, c)
		runtime.ReadMemStats(&after)
		require.Less(t, int(after.TotalAlloc-before.TotalAlloc), 2*8*rows*columns, "server %d", s.Server())
		return nil, err
	})
	require.NoError(t, r.Err)
}
