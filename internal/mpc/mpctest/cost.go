package mpctest

import (
	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// Spent returns what a session really cost: the longest chain of messages that
// any server saw, and the payload of all three.
func Spent(reports [3]*mpc.Report) mpc.Cost {
	var c mpc.Cost
	for _, r := range reports {
		c.Rounds = max(c.Rounds, r.Rounds)
		c.Bytes += r.BytesSent
	}
	return c
}

// CheckCost fails the test unless the session cost exactly want.
func CheckCost(t TB, want mpc.Cost, reports [3]*mpc.Report) {
	t.Helper()
	require.Equal(t, want, Spent(reports), "declared and really sent")
}
