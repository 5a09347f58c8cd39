package tensor

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// Winner says, on shares, which of k tensors has the largest element at each
// place; of equal ones, the one listed first. It prints and marshals as
// [secret].
type Winner struct {
	mpc.Concealed
	box **winner
}

type winner struct {
	session *Session
	shape   dims
	root    *game
	hot     []mpc.Bits // one for each of the k tensors, once asked for
}

// game is a node of the tournament: a tensor (at), or the better of two nodes,
// of which the first won where the bit is set.
type game struct {
	at            int
	first, second *game
	won           mpc.Bits
	best          mpc.Arith
}

// MaxOf returns the element-wise maximum of k tensors of one shape and scale,
// and which of them it comes from. There must be at least two. It watches the
// differences as [Max] does.
//
// Protocol: a tournament; the games of a level are one batch of [Max].
//
// Cost: that of [Max] for each of ⌈log2 k⌉ levels, k − 1 games in all.
func MaxOf(xs ...Secret) (largest Secret, w Winner) {
	if len(xs) < 2 {
		panic(fmt.Sprintf("tensor: maximum of %d tensors, want at least two", len(xs)))
	}
	first := xs[0].open()
	s := first.session
	left, narrow := make([]*game, len(xs)), allNarrow(xs)
	for i, x := range xs {
		_, t := pair("maximum", xs[0], x)
		left[i] = &game{at: i, best: t.v}
		if !narrow {
			left[i].best = t.arith()
		}
	}
	for len(left) > 1 {
		left = s.play(left, first, narrow)
	}
	inner := &winner{session: s, shape: first.shape, root: left[0]}
	largest = s.box(secret{v: left[0].best, scale: first.scale, shape: first.shape, narrow: narrow})
	return largest, Winner{box: &inner}
}

// play is one level: neighbours play, a last odd one goes on as it is.
func (s *Session) play(left []*game, like *secret, narrow bool) []*game {
	e, pairs, n := s.engine, len(left)/2, like.shape.len()
	x, y := make([]mpc.Arith, pairs), make([]mpc.Arith, pairs)
	for i := range pairs {
		x[i], y[i] = left[2*i].best, left[2*i+1].best
	}
	second := e.Concat(y...)
	over, won, outside := s.reLU(e.Sub(e.Concat(x...), second), like.scale, pairs*n, narrow)
	s.watch(outside)
	best := e.Add(second, over)
	next := make([]*game, 0, pairs+1)
	for i := range pairs {
		next = append(next, &game{
			first: left[2*i], second: left[2*i+1],
			won: e.SliceBits(won, i*n, (i+1)*n), best: e.Slice(best, i*n, (i+1)*n),
		})
	}
	return append(next, left[2*pairs:]...)
}

func (w Winner) open() *winner {
	if w.box == nil {
		panic("tensor: use of an empty Winner; make one with MaxOf")
	}
	return *w.box
}

// OneHot returns k tensors of bits, of which exactly one is set at each place:
// that of the tensor with the largest element.
//
// Cost: ⌈log2 k⌉ − 1 rounds and 1 bit for each inner game, place and server, the
// first time.
func (w Winner) OneHot() []SecretBits {
	t := w.open()
	t.findHot()
	bits := make([]SecretBits, len(t.hot))
	for i, b := range t.hot {
		bits[i] = t.session.bits(b, t.shape)
	}
	return bits
}

// reached is a game, and the places where its winner won all later ones.
type reached struct {
	game *game
	here mpc.Bits
}

// findHot goes from the final back to the tensors, level by level.
func (t *winner) findHot() {
	if t.hot != nil {
		return
	}
	e, n := t.session.engine, t.shape.len()
	level := []reached{{t.root.first, t.root.won}, {t.root.second, e.Not(t.root.won)}}
	found := map[int]mpc.Bits{}
	for len(level) > 0 {
		level = t.down(level, found, n)
	}
	t.hot = make([]mpc.Bits, len(found))
	for i, b := range found {
		t.hot[i] = b
	}
}

// down takes one step from games to those before, and notes the tensors.
func (t *winner) down(level []reached, found map[int]mpc.Bits, n int) []reached {
	e := t.session.engine
	var games []reached
	var here, won []mpc.Bits
	for _, r := range level {
		if r.game.first == nil {
			found[r.game.at] = r.here
			continue
		}
		games = append(games, r)
		here, won = append(here, r.here), append(won, r.game.won)
	}
	if len(games) == 0 {
		return nil
	}
	both := e.And(e.ConcatBits(here...), e.ConcatBits(won...))
	next := make([]reached, 0, 2*len(games))
	for i, r := range games {
		first := e.SliceBits(both, i*n, (i+1)*n)
		next = append(next, reached{r.game.first, first}, reached{r.game.second, e.Xor(r.here, first)})
	}
	return next
}

// Route returns for each of the k tensors grad where it has the largest
// element, else 0: exactly one of them gets each element of grad, so this is the
// derivative of [MaxOf]. What it returns for a narrow gradient is narrow.
//
// Cost: that of [Winner.OneHot] and of [SecretBits.Mul] for k − 1 tensors in one
// batch, 2 rounds: 32 bytes in all for each of their elements, 16 if narrow.
func (w Winner) Route(grad Secret) []Secret {
	t := w.open()
	s, n := t.session, t.shape.len()
	g := s.operand("route", grad)
	if g.shape != t.shape {
		s.failf("route: got a gradient of shape %s for a maximum of shape %s", g.shape, t.shape)
	}
	t.findHot()
	e, k := s.engine, len(t.hot)
	out := make([]Secret, k)
	rest, narrow := g.stored()
	parts := bitMul(e, e.ConcatBits(t.hot[1:]...), e.Repeat(rest, k-1), narrow)
	for i := 1; i < k; i++ {
		part := e.Slice(parts, (i-1)*n, i*n)
		rest = e.Sub(rest, part)
		out[i] = g.view(part, t.shape)
	}
	out[0] = g.view(rest, t.shape)
	return out
}

// MaxRows returns the largest element of each row of an m×n matrix, m×1, and for
// each column where it has it, m×1 each; the first of equal ones. It watches that
// differences within a row are below [Session.Range]. For up to about 16 columns:
// it compares all pairs.
//
// Cost: 11 rounds for n = 10 at a scale of 16.
func (x Secret) MaxRows() (largest Secret, hot []SecretBits) {
	t := x.open()
	s := t.session
	if !t.shape.isMatrix() || t.shape.size[1] < 2 {
		s.failf("maximum of rows: got shape %s, want a matrix with at least 2 columns", t.shape)
	}
	rows, cols := t.shape.size[0], t.shape.size[1]
	v, bits, outside := mpc.RowMax(s.engine, t.arith(), rows, cols, signBits(t.scale))
	s.watch(outside)
	for _, b := range bits {
		hot = append(hot, s.bits(b, matrix(rows, 1)))
	}
	return s.secret(v, t.scale, matrix(rows, 1)), hot
}

// Argmax returns for each row of an m×n matrix 1 in the column with the largest
// element, the first of equal ones, else 0, at scale 0. It watches as
// [Secret.MaxRows] does.
//
// Cost: 13 rounds for n = 10 at a scale of 16.
func (x Secret) Argmax() Secret {
	_, hot := x.MaxRows()
	t := x.open()
	e, rows, cols := t.session.engine, t.shape.size[0], t.shape.size[1]
	bits := make([]mpc.Bits, cols)
	for j, b := range hot {
		bits[j] = b.open().b
	}
	ones := e.Transpose(e.ToArith(e.ConcatBits(bits...)), cols, rows)
	return t.session.secret(ones, 0, t.shape)
}
