package layers_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// The gradient of a loss is the finite difference of its value.
func TestLosses(t *testing.T) {
	const rows, classes = 6, 4
	hot, bits := tensor.Zeros(rows, classes), tensor.Zeros(rows, classes)
	for i := range rows {
		hot.Data()[i*classes+i%classes] = 1
		bits.Data()[i*classes+i%classes], bits.Data()[i*classes+i%3] = 1, 1
	}
	for name, tc := range map[string]struct {
		loss  layers.Loss
		y     tensor.Dense
		scale int
		value func(out, y tensor.Dense) float64
		off   float64
	}{
		"softmax": {layers.SoftmaxCrossEntropy{}, hot, 0, softmaxLoss, 2 * unit},
		"binary":  {layers.BinaryCrossEntropy{}, bits, 0, binaryLoss, 2 * unit},
		"binary, piecewise": {
			layers.BinaryCrossEntropy{Sigmoid: layers.Minimax3()}, bits, 0, binaryLoss, .0562,
		},
		"squares": {layers.MSE{}, random(3, 16, 2, rows, classes), 16, squareLoss, unit},
	} {
		t.Run(name, func(t *testing.T) {
			out := random(1, 16, 4, rows, classes)
			var gain float64
			secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
				grad, g := tc.loss.Gradient(in[0], s.Constant(tc.y, tc.scale))
				if s.Server() <= 0 {
					gain = g
				}
				return []tensor.Secret{grad}, nil
			}, out)
			for _, got := range []tensor.Dense{secure.Values[0], inClear.Values[0]} {
				for i, v := range difference(tc.value, out, tc.y).Data() {
					require.InDelta(t, v, got.Data()[i]/gain, tc.off, "element %d", i)
				}
			}
		})
	}
}

// difference is the derivative of a loss, summed over rows, with respect to out.
func difference(value func(out, y tensor.Dense) float64, out, y tensor.Dense) tensor.Dense {
	const h = 1e-4
	d := tensor.Zeros(out.Shape()...)
	for i := range d.Data() {
		v := out.Data()[i]
		out.Data()[i] = v + h
		up := value(out, y)
		out.Data()[i] = v - h
		d.Data()[i] = (up - value(out, y)) / (2 * h)
		out.Data()[i] = v
	}
	return d
}

func softmaxLoss(out, y tensor.Dense) (loss float64) {
	rows, classes := out.Shape()[0], out.Shape()[1]
	for i := range rows {
		sum := 0.
		for j := range classes {
			sum += math.Exp(out.At(i, j))
		}
		for j := range classes {
			loss -= y.At(i, j) * (out.At(i, j) - math.Log(sum))
		}
	}
	return loss
}

func binaryLoss(out, y tensor.Dense) (loss float64) {
	for i, v := range out.Data() {
		loss += math.Log1p(math.Exp(v)) - y.Data()[i]*v
	}
	return loss / float64(out.Shape()[1])
}

func squareLoss(out, y tensor.Dense) (loss float64) {
	for i, v := range out.Data() {
		loss += (v - y.Data()[i]) * (v - y.Data()[i])
	}
	return loss / float64(out.Shape()[1])
}
