package mpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// farAway is a link on which only rounds count.
var farAway = mpc.Options{Link: mpc.Link{Delay: 1}}

// onceProtocols are the forms of bits and values that take one round.
func onceProtocols() []protocol {
	var rows []protocol
	for _, r := range bitProtocols() {
		switch r.method() {
		case "ToArith", "BitMul", "BitDot", "Select":
			r.name, r.opts = r.name+"/one round", farAway
			rows = append(rows, r)
		}
	}
	return rows
}

func onceOracles() []oracle {
	var rows []oracle
	for _, o := range bitOracles() {
		o.name, o.opts = o.name+"/far away", farAway
		rows = append(rows, o)
	}
	return rows
}

// TestChoiceOfRounds compares what bits and values take near and far, and where
// it changes: 8 bytes more per bit, a third of which each server sends.
func TestChoiceOfRounds(t *testing.T) {
	k := func(delay, bandwidth float64) mpc.Costs {
		return mpc.Costs{Options: mpc.Options{Link: mpc.Link{Delay: delay, Bandwidth: bandwidth}}}
	}
	require.Equal(t, 2, k(0, 0).ToArith(1).Rounds, "no link")
	require.Equal(t, 2, k(0, 0).BitDot(1, 3).Rounds, "no link")
	require.Equal(t, 2, k(0, 1e7).ToArith(1).Rounds, "no delay")
	wan := .02 / (1./12.5e6 + 1e-9) // bytes that take as long as a round
	n := int(3 * wan / 8)
	require.Equal(t, 1, k(.02, 12.5e6).ToArith(n).Rounds)
	require.Equal(t, 2, k(.02, 12.5e6).ToArith(n+1).Rounds)
	n = int(3 * wan / (4 * 16))
	require.Equal(t, 1, k(.02, 12.5e6).BitDot(n, 4).Rounds)
	require.Equal(t, 2, k(.02, 12.5e6).BitDot(n+1, 4).Rounds)
}
