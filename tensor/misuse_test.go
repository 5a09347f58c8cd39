package tensor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

const emptyPanic = "tensor: use of an empty Secret, or of one after its scope; make one with a Session"

// misuse is a mistake of a program, with x a 3×4 matrix; foreign is one of
// another session.
type misuse struct {
	want string
	do   func(s *tensor.Session, x, foreign tensor.Secret)
}

var none tensor.Secret

// two is a kernel of 2×2.
var two = tensor.Square(2, 1, 0)

var misuses = []misuse{
	// shapes
	{"add: got shapes 3×4 and 4×3, want the same", func(_ *tensor.Session, x, _ tensor.Secret) { x.Add(x.T()) }},
	{"subtract: got shapes 3×4 and 12, want the same", func(_ *tensor.Session, x, _ tensor.Secret) { x.Sub(x.Reshape(12)) }},
	{"multiply: got shapes 3×4 and 2×4, want the same", func(_ *tensor.Session, x, _ tensor.Secret) { x.Mul(x.Slice(0, 2)) }},
	{"matrix product: got shapes 3×4 and 3×4, want m×k and k×n", func(_ *tensor.Session, x, _ tensor.Secret) { x.MatMul(x) }},
	{"matrix product: got shapes 3×4 and 4, want m×k and k×n", func(_ *tensor.Session, x, _ tensor.Secret) { x.MatMul(x.Slice(0, 1).Reshape(4)) }},
	{"transpose: got shape 12, want a matrix", func(_ *tensor.Session, x, _ tensor.Secret) { x.Reshape(12).T() }},
	{"sum of rows: got shape 3×4×1, want a matrix", func(_ *tensor.Session, x, _ tensor.Secret) { x.Reshape(3, 4, 1).SumRows() }},
	{"reshape: got 5×2 for 3×4, want as many elements", func(_ *tensor.Session, x, _ tensor.Secret) { x.Reshape(5, 2) }},
	{"reshape: got shape -3×-4, which no tensor has", func(_ *tensor.Session, x, _ tensor.Secret) { x.Reshape(-3, -4) }},
	{"reshape: got a shape of 0 dimensions, want 1 to 4", func(_ *tensor.Session, x, _ tensor.Secret) { x.Reshape() }},
	{"reshape: got a shape of 5 dimensions, want 1 to 4", func(_ *tensor.Session, x, _ tensor.Secret) { x.Reshape(3, 4, 1, 1, 1) }},
	{"zeros: got shape 2×-1, which no tensor has", func(s *tensor.Session, _, _ tensor.Secret) { s.Zeros(f, 2, -1) }},
	{"concat: got 3×4 at scale 16 and 4×3 at scale 16, want the same but for the rows", func(_ *tensor.Session, x, _ tensor.Secret) { tensor.Concat(x, x.T()) }},
	{"slice: got rows 2 to 4 of 3×4, want a part of 0 to 3", func(_ *tensor.Session, x, _ tensor.Secret) { x.Slice(2, 4) }},
	{"slice: got rows 2 to 1 of 3×4", func(_ *tensor.Session, x, _ tensor.Secret) { x.Mul(x).Slice(2, 1) }},
	{"slice: got rows -1 to 1 of 3×4", func(_ *tensor.Session, x, _ tensor.Secret) { x.Slice(-1, 1) }},
	{"gather: got row 3 of 3×4, want 0 to 2", func(_ *tensor.Session, x, _ tensor.Secret) { x.Gather([]int{0, 3}) }},
	{"gather: got row -1 of 3×4", func(_ *tensor.Session, x, _ tensor.Secret) { x.Gather([]int{-1}) }},
	{"repeat: got -1 times, want 0 or more", func(_ *tensor.Session, x, _ tensor.Secret) { x.Repeat(-1) }},
	{"bits times values: got bits 3×4 and values 4×3 at scale 16 beside 4×3 at scale 16", func(_ *tensor.Session, x, _ tensor.Secret) { x.Negative().Mul(x.T()) }},
	{"bits times values: got 1 tensors of bits and 2 of values, want as many", func(_ *tensor.Session, x, _ tensor.Secret) {
		tensor.DotBits([]tensor.SecretBits{x.Negative()}, []tensor.Secret{x, x})
	}},
	{"hinges: got 1 knots and 2 bends, want as many", func(_ *tensor.Session, x, _ tensor.Secret) { x.Hinges([]float64{0}, []float64{1, 2}, 0) }},
	{"compare: got no thresholds, want at least one", func(_ *tensor.Session, x, _ tensor.Secret) { x.AtLeast() }},
	{"assign: got shapes 3×4 and 4×3, want the same", func(_ *tensor.Session, x, _ tensor.Secret) { x.Assign(x.T()) }},
	{"assign: got a lazy product or a transposed view, want a tensor with elements of its own", func(_ *tensor.Session, x, _ tensor.Secret) { lazy(x).Assign(x) }},
	{"assign: got a lazy product or a transposed view", func(_ *tensor.Session, x, _ tensor.Secret) { x.T().Assign(x.T()) }},
	{"times: got shapes 3×4 and 4×3, want the same", func(_ *tensor.Session, x, _ tensor.Secret) { x.TimesDense(tensor.Zeros(4, 3), 0) }},
	{"times: got a shape of 0 dimensions", func(_ *tensor.Session, x, _ tensor.Secret) { x.TimesDense(tensor.Dense{}, 0) }},
	{"affine: got shapes 3×4, 4×3 and 1×4, want m×k, k×n and 1×n", func(_ *tensor.Session, x, _ tensor.Secret) { x.Affine(x.T(), x.Slice(0, 1)) }},
	{"affine: got shapes 3×4, 3×4 and 1×4", func(_ *tensor.Session, x, _ tensor.Secret) { x.Affine(x, x.Slice(0, 1)) }},
	{"convolution: got shape 3×4, want batch×channels×height×width", func(_ *tensor.Session, x, _ tensor.Secret) { x.Conv2D(x, x, two, 1) }},
	{"convolution: got kernels 3×4, want 3×8", func(_ *tensor.Session, x, _ tensor.Secret) { x.Reshape(1, 2, 2, 3).Conv2D(x, x.Reshape(1, 12), two, 1) }},
	{"convolution: got offsets 1×12, want 1×3", func(_ *tensor.Session, x, _ tensor.Secret) { x.Reshape(1, 1, 4, 3).Conv2D(x, x.Reshape(1, 12), two, 1) }},
	{"convolution: got 2 groups of 1 channels and 3 kernels, want a divisor of both", func(_ *tensor.Session, x, _ tensor.Secret) { x.Reshape(1, 1, 4, 3).Conv2D(x, x, two, 2) }},
	{"convolution: got kernels of 2×2 for images of 12×1 with padding of 0×0, want kernels that fit", func(_ *tensor.Session, x, _ tensor.Secret) { x.Reshape(1, 1, 12, 1).Conv2D(x, x, two, 1) }},
	{"convolution: got a gradient 1×1×4×3, want 1×1×3×2", func(_ *tensor.Session, x, _ tensor.Secret) {
		x.Reshape(1, 1, 4, 3).Conv2DKernels(x.Reshape(1, 1, 4, 3), two, 1)
	}},
	{"convolution: got a gradient 3×4×1×1, want 3×3×1×1", func(_ *tensor.Session, x, _ tensor.Secret) {
		x.Reshape(3, 4, 1, 1).Conv2DImages(x, two, 1, 3, 4, 2, 2)
	}},
	{"windows: got shape 3×4, want batch×channels×height×width", func(_ *tensor.Session, x, _ tensor.Secret) { x.Windows(two) }},
	{"from windows: got 1 tensors, together 1×1×4×3, want 4×1×4×3", func(_ *tensor.Session, x, _ tensor.Secret) {
		tensor.FromWindows([]tensor.Secret{x.Reshape(1, 1, 4, 3)}, two, 1, 1, 5, 4)
	}},
	{"spread: got 3×4 for 3×4, want 1×4", func(_ *tensor.Session, x, _ tensor.Secret) { x.SpreadChannels(x) }},
	// scales
	{"add: got scales 16 and 32, want the same (Lift the smaller, or Rescale the larger)", func(_ *tensor.Session, x, _ tensor.Secret) { x.Add(x.Mul(x)) }},
	{"subtract: got scales 18 and 16, want the same", func(_ *tensor.Session, x, _ tensor.Secret) { x.Lift(18).Sub(x) }},
	{"assign: got scales 16 and 17, want the same", func(_ *tensor.Session, x, _ tensor.Secret) { x.Assign(x.Shift(1)) }},
	{"concat: got 3×4 at scale 16 and 3×4 at scale 17, want the same", func(_ *tensor.Session, x, _ tensor.Secret) { tensor.Concat(x, x.Lift(17)) }},
	{"rescale: got a scale of 17, want 0 to 16 (Lift raises it)", func(_ *tensor.Session, x, _ tensor.Secret) { x.Rescale(17) }},
	{"rescale: got a scale of -1, want 0 to 16", func(_ *tensor.Session, x, _ tensor.Secret) { x.Rescale(-1) }},
	{"got a shift of 64 bits, want 1 to 61", func(_ *tensor.Session, x, _ tensor.Secret) { x.Mul(x).Mul(x.Mul(x)).Rescale(0) }},
	{"lift: got a scale of 15, want at least 16", func(_ *tensor.Session, x, _ tensor.Secret) { x.Lift(15) }},
	{"shift: got -1 bits, want 0 or more", func(_ *tensor.Session, x, _ tensor.Secret) { x.Shift(-1) }},
	{"times: fixedpoint: got -1 fraction bits", func(_ *tensor.Session, x, _ tensor.Secret) { x.Times(1, -1) }},
	{"times: fixedpoint: value 0 is too large, want a magnitude below 4", func(_ *tensor.Session, x, _ tensor.Secret) { x.Times(4, 60) }},
	{"add scalar: fixedpoint: value 0 is too large", func(_ *tensor.Session, x, _ tensor.Secret) { x.AddScalar(1 << 46) }},
	{"constant: fixedpoint: value 1 is too large", func(s *tensor.Session, _, _ tensor.Secret) {
		s.Constant(tensor.NewDense([]float64{0, 1 << 40}, 2), 30)
	}},
	{"compare: fixedpoint: value 0 is too large", func(_ *tensor.Session, x, _ tensor.Secret) { x.AtLeast(1 << 60) }},
	{"bits times values: got bits 3×4 and values 3×4 at scale 17 beside 3×4 at scale 16, want the same", func(_ *tensor.Session, x, _ tensor.Secret) {
		tensor.DotBits([]tensor.SecretBits{x.Negative(), x.Negative()}, []tensor.Secret{x, x.Lift(17)})
	}},
	// sessions
	{"add: got a tensor of another session", func(_ *tensor.Session, x, foreign tensor.Secret) { x.Add(foreign) }},
	{"multiply: got a tensor of another session", func(_ *tensor.Session, x, foreign tensor.Secret) { x.Mul(foreign) }},
	{"matrix product: got a tensor of another session", func(_ *tensor.Session, x, foreign tensor.Secret) { x.MatMul(foreign.T()) }},
	{"concat: got a tensor of another session", func(_ *tensor.Session, x, foreign tensor.Secret) { tensor.Concat(x, foreign) }},
	{"assign: got a tensor of another session", func(_ *tensor.Session, x, foreign tensor.Secret) { x.Assign(foreign) }},
	{"bits times values: got a tensor of another session", func(_ *tensor.Session, x, foreign tensor.Secret) {
		tensor.DotBits([]tensor.SecretBits{x.Negative(), x.Negative()}, []tensor.Secret{x, foreign})
	}},
	{"reveal: got a tensor of another session", func(s *tensor.Session, _, foreign tensor.Secret) { s.Reveal(foreign, tensortest.Permit()) }},
	{"deliver: got a tensor of another session", func(s *tensor.Session, _, foreign tensor.Secret) { s.Deliver(foreign, tensortest.OwnerPermit()) }},
	{"affine: got a tensor of another session", func(_ *tensor.Session, x, foreign tensor.Secret) { x.Affine(x.T(), foreign) }},
	{"convolution: got a tensor of another session", func(_ *tensor.Session, x, foreign tensor.Secret) { x.Conv2D(foreign, x, two, 1) }},
	{"spread: got a tensor of another session", func(_ *tensor.Session, x, foreign tensor.Secret) { x.SpreadChannels(foreign) }},
	// empty
	{"add: got an empty Secret, or one after its scope; want one of this session", func(_ *tensor.Session, x, _ tensor.Secret) { x.Add(none) }},
	{"subtract: got an empty Secret", func(_ *tensor.Session, x, _ tensor.Secret) { x.Negative().Select(x, none) }},
	{"concat: got an empty Secret", func(_ *tensor.Session, x, _ tensor.Secret) { tensor.Concat(x, none) }},
	{"reveal: got an empty Secret", func(s *tensor.Session, _, _ tensor.Secret) { s.Reveal(none, tensortest.Permit()) }},
	{"deliver: got an empty Secret", func(s *tensor.Session, _, _ tensor.Secret) { s.Deliver(none, tensortest.OwnerPermit()) }},
	{"bits times values: got empty SecretBits, want some of this session", func(_ *tensor.Session, x, _ tensor.Secret) { tensor.SecretBits{}.Mul(x) }},
	{"input: got an empty part, want one that an owner made", func(s *tensor.Session, _, _ tensor.Secret) { s.Input(tensor.Part{}, 1) }},
	{"input: got an empty part, want one that an owner made", func(s *tensor.Session, _, _ tensor.Secret) { s.InputIntegers(tensor.Part{}) }},
	{"input: got a part of 2 numbers, want 3×1", func(s *tensor.Session, _, _ tensor.Secret) { s.Input(mpc.Plain(make([]uint64, 2)), 3, 1) }},
	// permits
	{"reveal: got a permit of another job", func(s *tensor.Session, x, _ tensor.Secret) { s.Reveal(x, tensor.Permit{}) }},
	{"lets north have it", func(s *tensor.Session, x, _ tensor.Secret) { s.Reveal(x, tensortest.OwnerPermit()) }},
	{"got a permit of another job", func(s *tensor.Session, x, _ tensor.Secret) { x.Watch(); s.Alarm(tensor.Permit{}) }},
}

// A mistake ends the session, on both engines, with an error that names the
// step, what was got and what was wanted. It panics out of Run nowhere.
func TestMisuse(t *testing.T) {
	engines := map[string]func(tensortest.Program) error{
		"server 0": func(p tensortest.Program) error {
			return tensortest.Secure(t, tensortest.Options{}, p, numbers(1)).Err
		},
		"clear engine": func(p tensortest.Program) error {
			return tensortest.Clear(t, tensortest.Options{}, p, numbers(1)).Err
		},
	}
	for engine, run := range engines {
		for _, m := range misuses {
			t.Run(engine+"/"+m.want, func(t *testing.T) {
				err := run(func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
					foreign := foreigner(t)
					s.In("layer", 3, func() {
						s.In("product", -1, func() { m.do(s, in[0], foreign) })
					})
					return nil, nil
				})
				require.ErrorContains(t, err, engine+" at layer 3/product: ")
				require.ErrorContains(t, err, m.want)
			})
		}
	}
}

// foreigner returns a tensor of a session of its own, on the clear engine.
func foreigner(t *testing.T) (x tensor.Secret) {
	tensortest.Clear(t, tensortest.Options{}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		x = in[0]
		return nil, nil
	}, numbers(1))
	return x
}

// Where there is no session to fail, the calling program panics.
func TestMisuseWithoutASession(t *testing.T) {
	for name, call := range map[string]func(){
		"method": func() { none.Neg() }, "first operand": func() { none.Add(none) }, "shape": func() { none.Shape() },
		"first of several": func() { tensor.Concat(none) }, "values": func() { tensor.DotBits([]tensor.SecretBits{{}}, []tensor.Secret{none}) },
	} {
		require.PanicsWithValue(t, emptyPanic, call, name)
	}
	require.PanicsWithValue(t, "tensor: concat of no tensors, want at least one", func() { tensor.Concat() })
	require.PanicsWithValue(t, "tensor: bits times values: no terms, want at least one", func() { tensor.DotBits(nil, nil) })
	require.PanicsWithValue(t, "tensor: use of empty SecretBits; make them with a comparison", func() { tensor.SecretBits{}.Not() })
	require.False(t, none.Valid())
}
