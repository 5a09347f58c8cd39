package mpc_test

import (
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
	"pgregory.net/rapid"
)

// digitForms are the ways to compare that a session chooses from.
var digitForms = []mpc.LeafForm{
	mpc.SingleBits, mpc.Digits(2, true), mpc.Digits(2, false), mpc.Digits(3, true), mpc.Digits(3, false),
	mpc.Digits(4, true), mpc.Digits(4, false), mpc.Digits(8, true), mpc.Digits(8, false),
}

// TestChoiceOfDigits names some choices for the width and length of a training
// step and of long vectors.
func TestChoiceOfDigits(t *testing.T) {
	wan, fast := mpc.Link{Delay: 20e-3, Bandwidth: 1e8 / 8}, mpc.Link{Delay: 20e-3, Bandwidth: 1e10 / 8}
	for _, c := range []struct {
		link     mpc.Link
		n, width int
		want     mpc.LeafForm
	}{
		{mpc.Link{}, 512, 32, mpc.Digits(4, false)},
		{mpc.Link{}, 1 << 20, 64, mpc.Digits(4, false)},
		{mpc.Link{}, 512, 24, mpc.Digits(3, false)},
		{mpc.Link{}, 1, 3, mpc.Digits(2, true)},
		{mpc.Link{}, 1, 2, mpc.SingleBits},
		{wan, 512, 32, mpc.Digits(8, true)},
		{wan, 512, 64, mpc.Digits(8, true)},
		{wan, 10_000, 32, mpc.Digits(4, true)},
		{wan, 10_000, 64, mpc.Digits(4, true)},
		{wan, 1 << 20, 64, mpc.Digits(4, false)},
		{fast, 10_000, 64, mpc.Digits(8, true)},
		{mpc.Link{Delay: 20e-3}, 512, 64, mpc.Digits(8, true)},
		{mpc.Link{Bandwidth: 1e8 / 8}, 512, 64, mpc.Digits(4, false)},
		{wan, 1, 2, mpc.SingleBits},
		{wan, 1, 3, mpc.Digits(2, true)},
		{wan, 1, 8, mpc.Digits(4, true)},
	} {
		got := mpc.Options{Link: c.link}.LeafForm(c.n, c.width, 0)
		require.Equal(t, c.want, got, "%+v", c)
	}
}

// TestChoiceIsTheQuickest prices all forms and takes the time of each.
func TestChoiceIsTheQuickest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, width := rapid.IntRange(1, 1<<20).Draw(t, "n"), rapid.IntRange(2, 64).Draw(t, "width")
		watch := rapid.IntRange(0, n).Draw(t, "watch")
		link := mpc.Link{
			Delay:     math.Exp(rapid.Float64Range(-12, 0).Draw(t, "delay")),
			Bandwidth: math.Exp(rapid.Float64Range(8, 25).Draw(t, "bandwidth")),
		}
		chosen := mpc.Options{Link: link}
		took := func(o mpc.Options) float64 {
			c := mpc.Costs{Options: o}.NegativeWatch(n, width, watch)
			return float64(c.Rounds)*link.Delay + float64(c.Bytes)/3*(1/link.Bandwidth+1e-9)
		}
		for _, form := range digitForms {
			require.LessOrEqual(t, took(chosen), took(mpc.Options{}.WithLeaf(form)), "%v rather than %v", form, chosen.LeafForm(n, width, watch))
		}
	})
}

// TestCostOverLinks compares price and spending of all protocols in a session
// that knows its link, where also short vectors are cut.
func TestCostOverLinks(t *testing.T) {
	for _, r := range protocols() {
		t.Run(r.name, func(t *testing.T) {
			for i, n := range []int{1, 65, 129, 1000, mpc.Chunk, 3*mpc.Chunk + 65} {
				r.opts.Link = mpc.Link{Delay: []float64{1e-4, 20e-3}[i%2], Bandwidth: 1e8}
				require.Equal(t, r.cost(mpc.Costs{Options: r.opts}, n), mpctest.Spent(r.session(t, n, nil)), "%d elements", n)
			}
		})
	}
}

// TestShortVectorsAreShared sees that over a link each server sends about a
// third.
func TestShortVectorsAreShared(t *testing.T) {
	opts := mpc.Options{Link: mpc.Link{Delay: 20e-3, Bandwidth: 1e8}}
	in := randomOperands(3 * 128)
	reports := mpctest.Run3(t, opts, func(p *mpc.Party) error {
		p.Negative(in.take(p).x, 32)
		return nil
	})
	for _, r := range reports {
		require.Equal(t, reports[0].BytesSent, r.BytesSent)
	}
}

// TestServersMustAgreeOnTheLink ends a session whose servers were told different
// things.
func TestServersMustAgreeOnTheLink(t *testing.T) {
	conns, keys := mem.New(), mpctest.NewPairKeys(t).Session(t, [32]byte{1})
	in := randomOperands(200)
	var errs [3]error
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			opts := mpc.Options{Link: mpc.Link{Delay: float64(1+i/2) * 1e-3, Bandwidth: []float64{1e9, 1e9, 1e4}[i]}}
			_, errs[i] = mpc.Run(inTime(t), conns[i], keys[i], mpctest.Policy(), opts, func(p *mpc.Party) error {
				p.Negative(in.take(p).x, 64)
				return nil
			})
		})
	}
	wg.Wait()
	for i, err := range errs {
		require.Error(t, err, "server %d", i)
	}
	require.Contains(t, fmt.Sprint(errs), "words")
}
