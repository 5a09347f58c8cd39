package train

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// stopping trains a network with early stopping on the second half of the rows,
// and returns the weights after each epoch, and those that it ends with.
func stopping(d table, epochs int, e EarlyStopping) tensortest.Program {
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
		err = Fit(s, m, in[0].Slice(0, half), y.Slice(0, half), c)
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
			secure, inClear := tensortest.Both(t, tensortest.Options{Exact: true}, stopping(d, epochs, EarlyStopping{Patience: patience, Restore: restore, MinDelta: .001}), d.x)
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
