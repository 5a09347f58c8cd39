package mpctest

import (
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// The names of the lines of [Policy].
const (
	ToAll   = "anything to all"
	ToOwner = "anything to the owner north"
)

var policy = mpc.NewPolicy(
	mpc.Line{What: ToAll, To: []string{mpc.All}},
	mpc.Line{What: ToOwner, To: []string{"north"}},
)

// Policy is a reveal list that lets everything be opened.
func Policy() *mpc.Policy { return policy }

// Permit returns the permit of [Policy] to open to all three servers.
func Permit() mpc.Permit { return mustPermit(ToAll) }

// OwnerPermit returns the permit of [Policy] to deliver to an owner.
func OwnerPermit() mpc.Permit { return mustPermit(ToOwner) }

func mustPermit(what string) mpc.Permit {
	by, err := policy.Permit(what)
	if err != nil {
		panic(err)
	}
	return by
}
