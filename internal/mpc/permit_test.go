package mpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// openers are the ways out, by whether they open to the servers.
var openers = map[string]struct {
	toServers bool
	open      func(p *mpc.Party, x mpc.Arith, by mpc.Permit)
}{
	"Reveal":      {true, func(p *mpc.Party, x mpc.Arith, by mpc.Permit) { p.Reveal(x, by) }},
	"RevealTo":    {true, func(p *mpc.Party, x mpc.Arith, by mpc.Permit) { p.RevealTo(2, x, by) }},
	"Deliver":     {false, func(p *mpc.Party, x mpc.Arith, by mpc.Permit) { p.Deliver(x, by) }},
	"DeliverWide": {false, func(p *mpc.Party, x mpc.Arith, by mpc.Permit) { p.DeliverWide(x, by) }},
}

func permit(t *testing.T, q *mpc.Policy, what string) mpc.Permit {
	t.Helper()
	by, err := q.Permit(what)
	require.NoError(t, err)
	return by
}

// TestOpeningsNeedAPermit tries every way out with permits that do not cover it.
// Nothing is sent and nothing logged.
func TestOpeningsNeedAPermit(t *testing.T) {
	lines := []mpc.Line{
		{What: "loss", To: []string{mpc.All}},
		{What: "model", To: []string{"north", "south"}},
	}
	policy, twin := mpc.NewPolicy(lines...), mpc.NewPolicy(lines...)
	for name, o := range openers {
		wrong := map[bool]string{true: "model", false: "loss"}[o.toServers]
		right := map[bool]string{true: "loss", false: "model"}[o.toServers]
		for _, c := range []struct {
			name, want string
			by         mpc.Permit
		}{
			{"none", "a permit of another job", mpc.Permit{}},
			{"of an equal policy of another job", "a permit of another job", permit(t, twin, right)},
			{"of this policy for other receivers", `reveal "` + wrong + `": the job's list lets `, permit(t, policy, wrong)},
		} {
			t.Run(name+"/"+c.name, func(t *testing.T) {
				r := mpctest.Setup{Context: inTime(t), Policy: policy}.Run(t, func(p *mpc.Party) error {
					o.open(p, marked(3).take(p).x, c.by)
					return nil
				})
				for i := range 3 {
					require.ErrorContains(t, r.Errs[i], c.want)
					require.Empty(t, r.Reports[i].Openings)
					require.Zero(t, r.Reports[i].BytesSent)
				}
			})
		}
	}
}

// TestNilPolicyOpensNothing runs a session without a reveal list.
func TestNilPolicyOpensNothing(t *testing.T) {
	for name, o := range openers {
		t.Run(name, func(t *testing.T) {
			r := mpctest.Setup{Context: inTime(t), Policy: mpc.NewPolicy()}.Run(t, func(p *mpc.Party) error {
				o.open(p, marked(3).take(p).x, mpc.Permit{})
				return nil
			})
			require.Error(t, r.Errs[0])
		})
	}
}

func TestPermitOfAnUnlistedValue(t *testing.T) {
	q := mpc.NewPolicy(mpc.Line{What: "loss", To: []string{mpc.All}}, mpc.Line{What: "model"})
	_, err := q.Permit("weights")
	require.EqualError(t, err, `reveal "weights" is not on the job's list (loss, model)`)
}

// TestPolicyIsACopy changes the lines after the job was agreed.
func TestPolicyIsACopy(t *testing.T) {
	lines := []mpc.Line{{What: "model", To: []string{"north"}}}
	q := mpc.NewPolicy(lines...)
	lines[0].To[0], lines[0].What = mpc.All, "everything"
	by := permit(t, q, "model")
	r := mpctest.Setup{Context: inTime(t), Policy: q}.Run(t, func(p *mpc.Party) error {
		p.Reveal(p.Public([]uint64{1}), by)
		return nil
	})
	require.ErrorContains(t, r.Errs[0], "the job's list lets north have it")
}

// TestAuditLog opens several values at several steps.
func TestAuditLog(t *testing.T) {
	q := mpc.NewPolicy(
		mpc.Line{What: "loss", To: []string{mpc.All}},
		mpc.Line{What: "model", To: []string{"north", "south"}},
	)
	loss, model := permit(t, q, "loss"), permit(t, q, "model")
	r := mpctest.Setup{Context: inTime(t), Policy: q}.Run(t, func(p *mpc.Party) error {
		x := marked(6).take(p).x
		p.Enter("epoch", 2)
		p.Enter("loss", -1)
		p.Reveal(x, loss)
		p.Leave()
		p.RevealTo(1, p.Slice(x, 0, 2), loss)
		p.Leave()
		p.Deliver(p.Reshare(p.Mul(x, x)), model)
		p.Enter("export", 0)
		p.DeliverWide(x, model)
		return nil
	})
	all, owners := []string{mpc.All}, []string{"north", "south"}
	for i := range 3 {
		require.NoError(t, r.Errs[i])
		log := r.Reports[i].Openings
		for k := range log {
			require.LessOrEqual(t, log[k].Round, r.Reports[i].Rounds)
			log[k].Round = 0 // a server may see one message more than another
		}
		require.Equal(t, []mpc.Opening{
			{Seq: 1, What: "loss", To: all, Step: "epoch 2/loss", Values: 6},
			{Seq: 2, What: "loss", To: all, Step: "epoch 2", Values: 2},
			{Seq: 3, What: "model", To: owners, Step: "", Values: 6},
			{Seq: 4, What: "model", To: owners, Step: "export 0", Values: 2},
		}, log)
	}
}
