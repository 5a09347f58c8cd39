package train

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// held is c as it is held with so many bits.
func held(c float64, bits int) float64 {
	return math.Ldexp(math.RoundToEven(math.Ldexp(c, bits)), -bits)
}

// TestWeightsStayWithinTheBound compares every weight after every step with real
// arithmetic: on both engines and with both roundings it stays within the bound
// that reference proves; and with exact rounding the engines agree to the bit.
func TestWeightsStayWithinTheBound(t *testing.T) {
	const f, weightBits = 16, 32
	d := wdbc(t, 200, 30, f)
	c := Config{
		Epochs: 10, BatchSize: 64, Seed: 5, Shuffle: true, MeanSquare: 4,
		Optimizer: &SGD{LearningRate: .1, Momentum: .9, L2: .001},
	}
	require.NoError(t, c.Check(f, 200))
	for _, exact := range []bool{false, true} {
		t.Run(fmt.Sprintf("exact=%v", exact), func(t *testing.T) {
			secure, inClear := tensortest.Both(t, tensortest.Options{Exact: exact}, fitting(d, layers.Minimax5(), c), d.x)
			units := 1.
			if exact {
				units = .5
				require.Equal(t, inClear.Values, secure.Values)
			}
			r := minimax5Reference(d, c, f, weightBits, units)
			theta, bound := r.run(c)
			require.Len(t, secure.Values, len(theta))
			worst, largest := 0.0, 0.0
			for step := range theta {
				for j, want := range theta[step] {
					for _, got := range []float64{secure.Values[step].Data()[j], inClear.Values[step].Data()[j]} {
						require.LessOrEqual(t, math.Abs(got-want), bound[step][j], "step %d, weight %d", step, j)
						worst, largest = max(worst, math.Abs(got-want)), max(largest, bound[step][j])
					}
				}
			}
			t.Logf("%d steps: largest error %.1e, largest bound %.1e", len(theta), worst, largest)
		})
	}
}

func minimax5Reference(d table, c Config, f, weightBits int, units float64) *reference {
	o := c.Optimizer.(*SGD)
	publicBits := 2*f + o.rateBits - weightBits
	r := &reference{
		d: d, momentum: held(o.Momentum, publicBits), decay: held(o.LearningRate*o.L2, publicBits),
		rate:  func(batch int) float64 { return held(o.LearningRate/float64(batch), o.rateBits) },
		unitZ: math.Ldexp(units, -f), unitU: math.Ldexp(units, -weightBits),
	}
	inner, outer := (.8567-.5)/1.6529, (1-.8567)/(4.0351-1.6529)
	for j, k := range []float64{-4.0351, -1.6529, 1.6529, 4.0351} {
		r.knots = append(r.knots, held(k, f))
		r.bend = append(r.bend, held([]float64{outer, inner - outer, outer - inner, -outer}[j], f))
	}
	return r
}
