package parties

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/identity"
)

// networkedJob is a job of three servers and two owners, whose keys it returns in
// the order of Job.Parties.
func networkedJob(t *testing.T) (*Job, []identity.Key) {
	t.Helper()
	j := NewJob()
	j.Name, j.Data.Target, j.Data.Features = "people", "sick", []string{"age", "income", "score"}
	var keys []identity.Key
	for k := range servers {
		key := identity.Generate()
		keys = append(keys, key)
		j.Servers = append(j.Servers, Server{ID: k, Address: "server" + strconv.Itoa(k) + ".example:7000", Key: key.Fingerprint()})
	}
	for _, name := range []string{"north", "south"} {
		key := identity.Generate()
		keys = append(keys, key)
		j.Data.Owners = append(j.Data.Owners, Owner{Name: name, Key: key.Fingerprint(), TestFraction: .2})
	}
	require.NoError(t, j.Check())
	return j, keys
}

func TestApprovals(t *testing.T) {
	j, keys := networkedJob(t)
	var have []Approval
	for i, key := range keys {
		require.Len(t, j.MissingApprovals(have), len(keys)-i)
		require.Equal(t, j.Parties()[i], j.MissingApprovals(have)[0])
		a, err := Approve(j, key)
		require.NoError(t, err)
		require.NoError(t, a.Verify(j))
		have = append(have, a)
	}
	require.Empty(t, j.MissingApprovals(have))
	_, err := Approve(j, identity.Generate())
	require.ErrorContains(t, err, "is of no owner and no server of job people")
}

// An approval speaks for one job, one party, one sealing key and one version.
func TestApprovalsOfSomethingElse(t *testing.T) {
	j, keys := networkedJob(t)
	good, err := Approve(j, keys[3])
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		change func(a *Approval)
		says   string
	}{
		"name":      {func(a *Approval) { a.Name = "south" }, "no such party"},
		"role":      {func(a *Approval) { a.Role = RoleServer }, "no such party"},
		"key":       {func(a *Approval) { a.Party = j.Parties()[4] }, "no valid signature"},
		"no key":    {func(a *Approval) { a.Key = "" }, "approval of owner north: "},
		"seal key":  {func(a *Approval) { a.SealKey = keys[4].SealKey().Bytes() }, "no valid signature"},
		"version":   {func(a *Approval) { a.Wire++ }, "no valid signature"},
		"signature": {func(a *Approval) { a.Signature = append([]byte{a.Signature[0] ^ 1}, a.Signature[1:]...) }, "no valid signature"},
		"cut":       {func(a *Approval) { a.Signature = a.Signature[:63] }, "no valid signature"},
	} {
		t.Run(name, func(t *testing.T) {
			a := good
			tc.change(&a)
			require.ErrorContains(t, a.Verify(j), tc.says)
		})
	}
	j.Train.L2 *= 2
	require.ErrorContains(t, good.Verify(j), "approval of owner north: no valid signature")
}

// A program of another wire version is told apart from a wrong signature.
func TestApprovalOfAnotherVersion(t *testing.T) {
	j, keys := networkedJob(t)
	a, err := Approve(j, keys[0])
	require.NoError(t, err)
	a.Wire = WireVersion + 1
	a.Signature = keys[0].Sign(approvalContext, a.message(j.Hash()))
	require.ErrorContains(t, a.Verify(j), fmt.Sprintf("server 0 approved with a program of wire version %d, and this one has %d", WireVersion+1, WireVersion))
}

// The canonical bytes of a job with servers load to the same bytes.
func TestCanonicalWithServers(t *testing.T) {
	j, _ := networkedJob(t)
	again, err := ParseJob("job.json", j.Canonical())
	require.NoError(t, err)
	require.Equal(t, j.Hash(), again.Hash())
	require.Equal(t, j.Parties(), again.Parties())
}
