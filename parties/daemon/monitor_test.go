package daemon

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// page is what the monitoring port of a server answers.
func (c *consort) page(server int, path string) (int, string) {
	c.t.Helper()
	r, err := http.Get("http://" + c.servers[server].http.String() + path)
	require.NoError(c.t, err)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	require.NoError(c.t, err)
	return r.StatusCode, string(text)
}

func TestMonitoring(t *testing.T) {
	c := newConsort(t)
	c.runToTraining()
	c.shareRows()
	c.untilDone(parties.PhaseTrain)
	for _, path := range []string{"/healthz", "/readyz"} {
		code, text := c.page(1, path)
		require.Equal(t, http.StatusOK, code)
		require.Equal(t, "ok\n", text)
	}
	_, text := c.page(1, "/metrics")
	for _, line := range []string{
		`trefoil_phases_total{outcome="done",phase="train"} 1`, `trefoil_jobs{state="waiting"} 1`, `trefoil_jobs{state="running"} 0`,
		"trefoil_steps_total 8", "trefoil_step_seconds_count", "trefoil_sent_bytes_total", "trefoil_rounds_total",
	} {
		require.Contains(t, text, line)
	}
	code, _ := c.page(1, "/secrets")
	require.Equal(t, http.StatusNotFound, code)
}

// TestHealthService asks as a stranger may.
func TestHealthService(t *testing.T) {
	c := newConsort(t)
	conn, err := grpcnet.Dial(t.Context(), keyOf("mallory").Private(), grpcnet.Peer{Address: c.servers[0].address, Key: keyOf("alpha").Public()})
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	r, err := grpc_health_v1.NewHealthClient(conn).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
	require.NoError(t, err)
	require.Equal(t, grpc_health_v1.HealthCheckResponse_SERVING, r.GetStatus())
}

// TestClockOffByAYear gives one server another year. Nothing depends on it; Hello
// tells.
func TestClockOffByAYear(t *testing.T) {
	const year = 365 * 24 * time.Hour
	c := newConsort(t, func(server int, c *Config) {
		if server == 1 {
			c.now = func() time.Time { return time.Now().Add(-year) }
		}
	})
	hello, err := c.at("north", 1).Hello(t.Context(), &partypb.HelloRequest{})
	require.NoError(t, err)
	require.InDelta(t, year.Hours(), time.Since(time.Unix(0, hello.GetUnixNanos())).Hours(), 1)
	c.runToTraining()
	c.shareRows()
	c.untilDone(parties.PhaseTrain)
}

// TestShutdownIsInOrder ends a server in the middle of the training; the others say
// that it shut down, and the job goes on when it is back.
func TestShutdownIsInOrder(t *testing.T) {
	c := newConsort(t)
	c.propose(manySteps)
	c.runToTraining()
	c.shareRows()
	c.training(0, 3)
	c.servers[1].end()
	for _, i := range []int{0, 2} {
		require.Contains(t, c.named(i, 1).GetReason(), "server shut down")
	}
	c.servers[1].start()
	c.untilDone(parties.PhaseTrain)
}
