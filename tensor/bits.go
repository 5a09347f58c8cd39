package tensor

import (
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// SecretBits is a secret-shared tensor of truth values. It prints and marshals
// as [secret]. Empty SecretBits are misused as an empty [Secret] is.
type SecretBits struct {
	mpc.Concealed
	box **secretBits
}

type secretBits struct {
	session *Session
	shape   dims
	b       mpc.Bits
}

func (s *Session) bits(b mpc.Bits, shape dims) SecretBits {
	inner := &secretBits{s, shape, b}
	return SecretBits{box: &inner}
}

func (b SecretBits) open() *secretBits {
	if b.box == nil {
		panic("tensor: use of empty SecretBits; make them with a comparison")
	}
	return *b.box
}

// operandBits opens b for an operation in the session s.
func (s *Session) operandBits(op string, b SecretBits) *secretBits {
	if b.box == nil {
		s.failf("%s: got empty SecretBits, want some of this session", op)
	}
	if b.open().session != s {
		s.failf("%s: got bits of another session", op)
	}
	return b.open()
}

// Shape returns the sizes of the dimensions; they are public.
func (b SecretBits) Shape() []int { return b.open().shape.list() }

// signBits is the width of the ring in which the sign of a number of this scale
// is exact for |v| < 2^15.
func signBits(scale int) int { return min(64, scale+integerBits+1) }

// Negative returns [x < 0] for |x| < 2^15, in the smallest sub-ring that is
// exact: 5 rounds at the working scale of 16, 6 at larger ones.
func (x Secret) Negative() SecretBits {
	t := x.open()
	return t.session.bits(t.session.engine.Negative(t.arith(), signBits(t.scale)), t.shape)
}

// AtLeast compares x with public thresholds, all in one batch: result j is
// [x ≥ thresholds[j]]. From the same circuit it watches that |x − thresholds[0]| <
// [Session.Range]; see [Session.Alarm].
func (x Secret) AtLeast(thresholds ...float64) []SecretBits {
	t := x.open()
	_, above := x.above(thresholds)
	bits := make([]SecretBits, len(above))
	for j, b := range above {
		bits[j] = t.session.bits(b, t.shape)
	}
	return bits
}

// Hinges returns the piecewise linear function Σ_j bends[j]·max(0, x − knots[j])
// at the scale of x plus bits, the bends being rounded to multiples of 2^−bits.
// It watches the range as [Secret.AtLeast] does.
//
// Cost: one batch of comparisons and 2 rounds.
func (x Secret) Hinges(knots, bends []float64, bits int) Secret {
	t := x.open()
	s, n := t.session, t.shape.len()
	if len(knots) != len(bends) {
		s.failf("hinges: got %d knots and %d bends, want as many", len(knots), len(bends))
	}
	moved, above := x.above(knots)
	s.constants = s.constants[:0]
	for _, b := range bends {
		s.constants = append(s.constants, s.encode("hinges", b, bits))
	}
	scaled := s.engine.MulConstants(moved, s.constants)
	s.values = s.values[:0]
	for j := range above {
		s.values = append(s.values, s.engine.Slice(scaled, j*n, (j+1)*n))
	}
	return s.secret(s.engine.BitDot(above, s.values), t.scale+bits, t.shape)
}

// above returns x − thresholds[j] for all j, one after another, and the bits
// [x ≥ thresholds[j]]. From the same circuit it watches that x − thresholds[0]
// is within ±2^14.
func (x Secret) above(thresholds []float64) (moved mpc.Arith, above []mpc.Bits) {
	t := x.open()
	s, n := t.session, t.shape.len()
	if len(thresholds) == 0 {
		s.failf("compare: got no thresholds, want at least one")
	}
	s.constants, s.terms = s.constants[:0], s.terms[:0]
	for _, c := range thresholds {
		s.constants = append(s.constants, s.encode("compare", -c, t.scale))
	}
	moved = s.engine.AddConstants(t.arith(), s.constants)
	negative, outside := s.engine.NegativeWatch(moved, signBits(t.scale), n)
	for j := range thresholds {
		s.terms = append(s.terms, s.engine.Not(s.engine.SliceBits(negative, j*n, (j+1)*n)))
	}
	s.watch(outside)
	return moved, s.terms
}

// Watch adds the bits [|x| > 2^14], taken in the full ring, to those that
// [Session.Alarm] reports.
func (x Secret) Watch() {
	limit := x.open().session.Range()
	Concat(x, x.Neg()).WatchAbove(limit)
}

// WatchAbove adds the bits [x > limit], taken in the full ring, to those that
// [Session.Alarm] reports.
func (x Secret) WatchAbove(limit float64) {
	s := x.open().session
	left := x.Neg().AddScalar(limit)
	s.watch(s.engine.Negative(left.open().arith(), 64))
}

// mostWatched is how many bits are kept for the alarm before they are combined
// into one.
const mostWatched = 1 << 20

// watch adds bits to those that [Session.Alarm] reports.
func (s *Session) watch(outside mpc.Bits) {
	s.watched = append(s.watched, s.engine.KeepBits(outside))
	if s.watchedBits += outside.Len(); s.watchedBits > mostWatched {
		one := s.engine.KeepBits(s.engine.Any(s.engine.ConcatBits(s.watched...)))
		s.watched, s.watchedBits = append(s.watched[:0], one), 1
	}
}

// Alarm reveals one bit to the three servers: whether any number watched since
// the last call was out of range.
func (s *Session) Alarm(by Permit) bool {
	s.compareKept()
	if len(s.watched) == 0 {
		return false
	}
	outside := s.engine.Any(s.engine.ConcatBits(s.watched...))
	s.watched, s.watchedBits = s.watched[:0], 0
	return s.engine.Reveal(s.engine.ToArith(outside), by)[0] != 0
}

// Not returns the opposite of b. Local.
func (b SecretBits) Not() SecretBits {
	t := b.open()
	return t.session.bits(t.session.engine.Not(t.b), t.shape)
}

// Mul returns x where b is set, else 0, at the scale of x: 2 rounds.
func (b SecretBits) Mul(x Secret) Secret { return DotBits([]SecretBits{b}, []Secret{x}) }

// DotBits returns Σ_j b_j∘x_j, element by element: 2 rounds, with one message
// for all terms. It panics if there are none.
func DotBits(bs []SecretBits, xs []Secret) Secret {
	if len(xs) == 0 {
		panic("tensor: bits times values: no terms, want at least one")
	}
	first := xs[0].open()
	s := first.session
	if len(bs) != len(xs) {
		s.failf("bits times values: got %d tensors of bits and %d of values, want as many", len(bs), len(xs))
	}
	terms, values := make([]mpc.Bits, len(bs)), make([]mpc.Arith, len(bs))
	narrow := allNarrow(xs)
	for j := range bs {
		b, x := s.operandBits("bits times values", bs[j]), s.operand("bits times values", xs[j])
		if b.shape != first.shape || x.shape != first.shape || x.scale != first.scale {
			s.failf("bits times values: got bits %s and values %s at scale %d beside %s at scale %d, want the same",
				b.shape, x.shape, x.scale, first.shape, first.scale)
		}
		if terms[j] = b.b; narrow {
			values[j] = x.v
			continue
		}
		values[j] = x.arith()
	}
	if narrow {
		return first.view(s.engine.BitDotNarrow(terms, values), first.shape)
	}
	return s.secret(s.engine.BitDot(terms, values), first.scale, first.shape)
}

// Select returns x where b is set, else y: 2 rounds.
func (b SecretBits) Select(x, y Secret) Secret { return y.Add(b.Mul(x.Sub(y))) }
