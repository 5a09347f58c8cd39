package tensor

import (
	"fmt"
	"math"

	"github.com/trefoil-ml/trefoil/fixedpoint"
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// Permit lets one kind of value be revealed; it comes from the reveal list of
// an agreed job.
type Permit = mpc.Permit

// Part is one owner's data for one server, as uploaded.
type Part = mpc.Part

// integerBits bounds numbers at the working scale: |v| < 2^integerBits, so that
// a sign needs only scale + integerBits + 1 bits of the ring.
const integerBits = 15

// ProductBits is how many bits more than the sum of the scales of its factors the scale of a
// product of matrices or images is at most: see [Secret.MatMul].
const ProductBits = mpc.ConvBits

// rangeScale is the largest sum of the scales of two matrices whose product, if it is below
// 2^14, may be rescaled.
const rangeScale = 62 - (integerBits - 1) - ProductBits

// Session is one server's side of a computation on tensors, or the cleartext
// twin of all three.
type Session struct {
	engine   mpc.Engine
	fraction int
	watched  []mpc.Bits // from Begin to Alarm

	watchedBits int // how many bits that is

	kept    []mpc.Arith // narrow numbers, to be watched before the Alarm
	keptLen int         // how many numbers that is

	slab      slab     // of tensors, all of them temporary within a scope
	constants []uint64 // working memory, as are the two below
	terms     []mpc.Bits
	values    []mpc.Arith
	descents  []mpc.Descent
}

// NewSession returns a session that holds numbers with fractionBits bits after
// the point, 1 to 20.
func NewSession(engine mpc.Engine, fractionBits int) (*Session, error) {
	if fractionBits < 1 || fractionBits > 20 {
		return nil, fmt.Errorf("tensor: got %d fraction bits, want 1 to 20", fractionBits)
	}
	return &Session{engine: engine, fraction: fractionBits}, nil
}

// FractionBits returns the working scale f.
func (s *Session) FractionBits() int { return s.fraction }

// WeightBits returns the scale at which weights are held: see the function
// [WeightBits].
func (s *Session) WeightBits() int { return WeightBits(s.fraction) }

// WeightBits returns the scale of weights where f is the working scale: 2f, or
// less where a product of three factors would not leave ±[Session.Range] below
// 2^62.
func WeightBits(f int) int { return min(2*f, rangeScale-f) }

// Range returns the limit of numbers whose sign is taken, and of products of a
// number and a weight: |v| < 2^14.
func (s *Session) Range() float64 { return 1 << (integerBits - 1) }

// Server returns the number of this server, 0 to 2; -1 on the cleartext engine.
func (s *Session) Server() int { return s.engine.Server() }

// Cost returns the rounds and the payload bytes that this server has sent so far.
func (s *Session) Cost() (rounds int, bytesSent int64) { return s.engine.Cost() }

// In runs body as the step name, with an index if that is not negative. Errors
// and the audit log show the path of steps.
func (s *Session) In(name string, index int, body func()) {
	s.engine.Enter(name, index)
	body()
	s.engine.Leave()
}

// Fail ends the session with an error that names the step. It does not return.
func (s *Session) Fail(err error) { s.engine.Fail(err) }

func (s *Session) failf(format string, args ...any) {
	s.engine.Fail(fmt.Errorf("tensor: "+format, args...))
}

// Input takes this server's part of an owner's numbers, encoded at the working
// scale.
func (s *Session) Input(part Part, shape ...int) Secret {
	d := s.dims("input", shape)
	if n := s.partLen(part); n != d.len() {
		s.failf("input: got a part of %d numbers, want %s", n, d)
	}
	return s.secret(s.engine.Input(part), s.fraction, d)
}

// InputRows takes this server's parts of several owners' rows of a matrix, encoded
// at the working scale, one owner after another. There is no second copy of them
// on the way.
func (s *Session) InputRows(parts []Part, cols int) Secret {
	n := 0
	for _, part := range parts {
		n += s.partLen(part)
	}
	d := s.dims("input", []int{n / max(cols, 1), cols})
	if n != d.len() {
		s.failf("input: got parts of %d numbers, want rows of %d", n, cols)
	}
	return s.secret(s.engine.InputAll(parts), s.fraction, d)
}

// InputIntegers is Input for whole numbers: scale 0.
func (s *Session) InputIntegers(part Part) Secret {
	n := s.partLen(part)
	return s.secret(s.engine.Input(part), 0, vector(n))
}

func (s *Session) partLen(part Part) int {
	if part == (Part{}) {
		s.failf("input: got an empty part, want one that an owner made")
	}
	return part.Len()
}

// Constant returns public numbers as a secret tensor, rounded to the nearest
// multiple of 2^−scale.
func (s *Session) Constant(d Dense, scale int) Secret {
	shape := s.dims("constant", d.Shape())
	words := make([]uint64, d.Len())
	s.check("constant", constantFormat(scale).EncodeAll(words, d.Data()))
	return s.secret(s.engine.Public(words), scale, shape)
}

// Zeros returns a secret tensor of zeros.
func (s *Session) Zeros(scale int, shape ...int) Secret {
	d := s.dims("zeros", shape)
	return s.secret(s.engine.Public(make([]uint64, d.len())), scale, d)
}

// encode returns a public factor or summand of op at a scale.
func (s *Session) encode(op string, v float64, scale int) uint64 {
	word, err := constantFormat(scale).Encode(v)
	s.check(op, err)
	return word
}

// check fails in the name of op if there is an error.
func (s *Session) check(op string, err error) {
	if err != nil {
		s.failf("%s: %w", op, err)
	}
}

// constantFormat holds public factors and summands: they need only fit the ring.
func constantFormat(scale int) fixedpoint.Format {
	return fixedpoint.Format{FractionBits: scale, MaxAbs: math.Ldexp(1, 62-scale)}
}
