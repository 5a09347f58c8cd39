package tensor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// deliver runs a program on three servers and returns what each of them
// delivered of its result.
func deliver(t *testing.T, program func(s *tensor.Session) tensor.Secret) (from [3]tensor.Delivery) {
	t.Helper()
	mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
		s, err := tensor.NewSession(p, f)
		if err == nil {
			from[p.Server()] = s.Deliver(program(s), tensortest.OwnerPermit())
		}
		return err
	})
	return from
}

func matrixOf(x tensor.Dense, scale int) func(s *tensor.Session) tensor.Secret {
	return func(s *tensor.Session) tensor.Secret { return s.Constant(x, scale) }
}

// An owner rebuilds what was delivered, with its shape and scale, from all three
// servers and from the clear engine alone.
func TestDeliverAndCombine(t *testing.T) {
	x := numbers(1)
	for scale, program := range map[int]func(s *tensor.Session) tensor.Secret{
		f: matrixOf(x, f), 2 * f: matrixOf(x, 2*f),
		f + 1: func(s *tensor.Session) tensor.Secret { return lazy(s.Constant(x, f).Lift(f + 1)) },
	} {
		from := deliver(t, program)
		got, err := tensor.CombineDeliveries(from[:])
		require.NoError(t, err)
		require.Equal(t, x, got, "scale %d", scale)
		var alone tensor.Delivery
		tensortest.Clear(t, tensortest.Options{}, func(s *tensor.Session, _ []tensor.Secret) ([]tensor.Secret, error) {
			alone = s.Deliver(program(s), tensortest.OwnerPermit())
			return nil, nil
		})
		got, err = tensor.CombineDeliveries([]tensor.Delivery{alone})
		require.NoError(t, err)
		require.Equal(t, x, got)
	}
}

// Deliveries that do not belong together are refused.
func TestCombineRefuses(t *testing.T) {
	x := numbers(1)
	a, b := deliver(t, matrixOf(x, f)), deliver(t, matrixOf(x, f))
	wide, flat := deliver(t, matrixOf(x, f+1)), deliver(t, matrixOf(transpose(x), f))
	for want, from := range map[string][]tensor.Delivery{
		"got 0 deliveries, want one of each of the three servers": nil,
		"got 2 deliveries":                           {a[0], a[1]},
		"delivery 1 is missing or of another server": {a[0], {}, a[2]},
		"delivery 0 is missing or of another server": {a[1], a[2], a[0]},
		"delivered different copies of component":    {a[0], b[1], a[2]},
		"delivered different copies":                 {wide[0], flat[1], a[2]},
	} {
		_, err := tensor.CombineDeliveries(from)
		require.ErrorContains(t, err, want)
	}
}

// One sharing that the servers label differently is refused too.
func TestCombineRefusesOtherLabels(t *testing.T) {
	for want, change := range map[string]func(x tensor.Secret) tensor.Secret{
		"server 1 delivered 3×4 at scale 18 and server 0 3×4 at scale 16, want the same": func(x tensor.Secret) tensor.Secret { return x.Shift(2) },
		"server 1 delivered 2×6 at scale 16 and server 0 3×4 at scale 16, want the same": func(x tensor.Secret) tensor.Secret { return x.Reshape(2, 6) },
	} {
		from := deliver(t, func(s *tensor.Session) tensor.Secret {
			x := s.Constant(numbers(1), f)
			if s.Server() == 1 {
				return change(x)
			}
			return x
		})
		_, err := tensor.CombineDeliveries(from[:])
		require.ErrorContains(t, err, want)
	}
}

// One session can deliver to owners and reveal to all, and the log has both.
func TestOpeningsAreLogged(t *testing.T) {
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		s.In("model", 1, func() { s.Deliver(in[0].Mul(in[0]), tensortest.OwnerPermit()) })
		s.In("alarm", -1, func() { in[0].Watch(); s.Alarm(tensortest.Permit()) })
		return in[:1], nil
	}, numbers(1))
	for _, r := range []tensortest.Result{secure, inClear} {
		require.Len(t, r.Openings, 3)
		for i := range r.Openings {
			r.Openings[i].Round = 0
		}
		require.Equal(t, []mpc.Opening{
			{Seq: 1, What: mpctest.ToOwner, To: []string{"north"}, Step: "model 1", Values: 12},
			{Seq: 2, What: mpctest.ToAll, To: []string{mpc.All}, Step: "alarm", Values: 1},
			{Seq: 3, What: mpctest.ToAll, To: []string{mpc.All}, Values: 12},
		}, r.Openings)
	}
}
