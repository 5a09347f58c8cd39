package client_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties/client"
)

// TestOtherVersion asks for a job of which the servers have another version: the
// line that differs is named.
func TestOtherVersion(t *testing.T) {
	w := newWorld(t, nil)
	w.approveAll()
	text, err := os.ReadFile(w.path(w.job))
	require.NoError(t, err)
	changed := regexp.MustCompile(`epochs: \d+`).ReplaceAllString(string(text), "epochs: 77")
	require.NotEqual(t, string(text), changed)
	require.NoError(t, os.WriteFile(w.path("other.yaml"), []byte(changed), 0o600))
	w.job = "other.yaml"
	c := w.open("north")
	for _, st := range c.Status(t.Context()) {
		require.Equal(t, client.StateUnknown, st.State)
		require.Contains(t, st.WaitingFor, "it has another version of job "+c.Job.Name)
		require.Contains(t, st.WaitingFor, `\"epochs\": 77`)
	}
}

// TestAuditAndForget removes a cancelled job from one server, by its operator alone.
func TestAuditAndForget(t *testing.T) {
	w := newWorld(t, nil)
	w.approveAll()
	logs, err := w.open("north").Audit(t.Context())
	require.NoError(t, err)
	require.Empty(t, logs[0], "nothing was opened")
	require.ErrorContains(t, w.open("north").Forget(t.Context()), "a job is removed by the operator of a server")
	operator := w.open("server-1")
	require.ErrorContains(t, operator.Forget(t.Context()), "is not over: cancel it first")
	_, err = w.open("south").Cancel(t.Context(), "a new vote")
	require.NoError(t, err)
	require.NoError(t, operator.Forget(t.Context()))
	all := operator.Status(t.Context())
	require.Equal(t, client.StateUnknown, all[1].State)
	require.Equal(t, client.StateCancelled, all[2].State)
	_, err = operator.Audit(t.Context())
	require.Equal(t, 1, strings.Count(err.Error(), "is not on this server"), "%v", err)
}
