package mpc_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"pgregory.net/rapid"
)

func TestRevealTo(t *testing.T) {
	x := randomWords(100)
	in := mpctest.Shares(t, x)
	for receiver := range 3 {
		var out [3][]uint64
		mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
			out[p.Server()] = p.RevealTo(receiver, in.Input(p)[0], mpctest.Permit())
			return nil
		})
		for i := range 3 {
			if i == receiver {
				require.Equal(t, x, out[i])
			} else {
				require.Nil(t, out[i])
			}
		}
	}
}

// deliver returns what the three servers give to an owner for a vector.
func deliver(t mpctest.TB, in mpctest.Vectors) []mpc.Delivery {
	out := make([]mpc.Delivery, 3)
	mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
		out[p.Server()] = p.Deliver(in.Input(p)[0], mpctest.OwnerPermit())
		return nil
	})
	return out
}

func TestDeliverAndCombine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 70).Draw(t, "n")
		x := drawPlain(t, n, 64).x
		got, err := mpc.Combine(deliver(t, mpctest.Shares(t, x))...)
		require.NoError(t, err)
		require.Equal(t, x, got)
	})
}

// TestCombineNamesTheDifference changes one word of one delivery.
func TestCombineNamesTheDifference(t *testing.T) {
	in := mpctest.Shares(t, randomWords(5))
	for server := range 3 {
		own, next := deliver(t, in), deliver(t, in)
		words, _ := own[server].Words()
		words[3] ^= 1 << 17
		_, words = next[server].Words()
		words[0]++

		_, err := mpc.Combine(own...)
		before := (server + 2) % 3
		require.ErrorContains(t, err, serversAnd(before, server)+" delivered different copies of component")
		_, err = mpc.Combine(next...)
		require.ErrorContains(t, err, serversAnd(server, (server+1)%3)+" delivered different copies of component")
	}
}

func serversAnd(i, j int) string {
	digit := func(i int) string { return string(rune('0' + i)) }
	return "servers " + digit(i) + " and " + digit(j)
}

func TestCombineWantsAllThree(t *testing.T) {
	d := deliver(t, mpctest.Shares(t, []uint64{1}))
	for name, from := range map[string][]mpc.Delivery{
		"none":        {},
		"two":         d[:2],
		"one twice":   {d[0], d[0], d[2]},
		"wrong order": {d[1], d[0], d[2]},
		"an empty":    {d[0], {}, d[2]},
		"four":        {d[0], d[1], d[2], d[0]},
	} {
		_, err := mpc.Combine(from...)
		require.Error(t, err, name)
	}
}

func TestSplitWithoutRandomness(t *testing.T) {
	_, err := mpc.Split([]uint64{1}, strings.NewReader("too short"))
	require.ErrorContains(t, err, "no randomness")
	_, err = mpc.SplitWide([]uint64{1, 2, 3}, strings.NewReader(""))
	require.ErrorContains(t, err, "no randomness")
	_, err = mpc.SplitWide([]uint64{1, 2}, strings.NewReader(""))
	require.ErrorContains(t, err, "got 2 words of wide values, want a multiple of 3")
}

// TestInputOfAnotherServer gives a server a part that is not its own.
func TestInputOfAnotherServer(t *testing.T) {
	parts := mpctest.Shares(t, []uint64{1})[0]
	for _, bad := range [][3]mpc.Part{
		{parts[1], parts[2], parts[0]},
		{mpc.Plain([]uint64{1}), mpc.Plain([]uint64{1}), mpc.Plain([]uint64{1})},
		{},
	} {
		r := mpctest.Setup{}.Run(t, func(p *mpc.Party) error {
			p.Input(bad[p.Server()])
			return nil
		})
		require.ErrorContains(t, errors.Join(r.Errs[:]...), "input: got a part for another server")
	}
}
