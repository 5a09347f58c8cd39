package layers

import (
	"math"
	"math/rand/v2"

	"github.com/trefoil-ml/trefoil/tensor"
)

// Init draws public initial weights. They depend on nothing but the source and
// the sizes of the layer, on every processor to the last bit: the normal
// distribution is that of the sum of twelve uniform numbers less 6, which ends at
// ±6 standard deviations.
type Init struct {
	source *rand.Rand
	scale  func(in, out int) float64 // standard deviation, or largest magnitude
	normal bool
}

// HeNormal draws from N(0, 2/in), as torch.nn.init.kaiming_normal_. It suits
// layers with ReLU.
func HeNormal(seed uint64) Init {
	return Init{source(seed), func(in, _ int) float64 { return math.Sqrt(2 / float64(in)) }, true}
}

// HeUniform draws from ±√(6/in), as torch.nn.init.kaiming_uniform_ does for ReLU.
func HeUniform(seed uint64) Init {
	return Init{source(seed), func(in, _ int) float64 { return math.Sqrt(6 / float64(in)) }, false}
}

// GlorotNormal draws from N(0, 2/(in+out)), as torch.nn.init.xavier_normal_.
func GlorotNormal(seed uint64) Init {
	return Init{source(seed), func(in, out int) float64 { return math.Sqrt(2 / float64(in+out)) }, true}
}

// GlorotUniform draws from ±√(6/(in+out)), as torch.nn.init.xavier_uniform_ and
// by default Keras.
func GlorotUniform(seed uint64) Init {
	return Init{source(seed), func(in, out int) float64 { return math.Sqrt(6 / float64(in+out)) }, false}
}

// Torch draws from ±1/√in, the default of torch.nn.Linear and torch.nn.Conv2d
// for weights.
func Torch(seed uint64) Init {
	return Init{source(seed), func(in, _ int) float64 { return 1 / math.Sqrt(float64(in)) }, false}
}

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// fill draws the value of p, in and out being how many numbers go into each output
// and come from each input.
func (i Init) fill(p *Param, in, out int) {
	weights := tensor.Zeros(p.Value.Shape()...)
	scale := i.scale(in, out)
	for j := range weights.Data() {
		weights.Data()[j] = scale * i.draw()
	}
	s := p.Value.Session()
	s.Temporary(func() { p.Value.Assign(s.Constant(weights, p.Value.Scale())) })
}

// drawBits is the resolution of a uniform number; the sum of twelve is exact.
const drawBits = 32

// draw returns a number of variance 1, or uniform from −1 to 1.
func (i Init) draw() float64 {
	if !i.normal {
		return math.Ldexp(float64(int64(i.source.Uint64()>>(64-drawBits))), 1-drawBits) - 1
	}
	sum := int64(0)
	for range 12 {
		sum += int64(i.source.Uint64() >> (64 - drawBits))
	}
	return math.Ldexp(float64(sum-6<<drawBits), -drawBits)
}
