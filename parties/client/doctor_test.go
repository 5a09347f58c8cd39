package client_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties/client"
)

// examine returns what the doctor finds: "server: check: text" of what is not
// fine, and how much is.
func examine(t *testing.T, c *client.Client) (fine int, bad []string) {
	c.Examine(t.Context(), func(f client.Finding) {
		if f.State == client.Fine {
			fine++
			return
		}
		about, _, _ := strings.Cut(f.About, " (")
		bad = append(bad, about+": "+f.Check+": "+f.Text)
		require.NotEmpty(t, f.Hint, "what to do about %s", f.Text)
	})
	return fine, bad
}

func TestDoctorOnHealthyServers(t *testing.T) {
	w := newWorld(t, nil)
	w.approveAll()
	fine, bad := examine(t, w.open("north"))
	require.Empty(t, bad)
	require.Equal(t, 3*(5+2), fine, "port, key, version, clock, machine and two links of each")
}

// Who cannot reach whom is told from both sides.
func TestDoctorOnAServerThatIsDown(t *testing.T) {
	w := newWorld(t, nil)
	w.approveAll()
	c := w.open("south")
	w.servers[1].stop()
	_, bad := examine(t, c)
	require.Len(t, bad, 3)
	require.Contains(t, bad[0], "server 0: to server 1: cannot be reached from there: ")
	require.Equal(t, "server 1: port: nothing listens at this port", bad[1])
	require.Contains(t, bad[2], "server 2: to server 1: cannot be reached from there: ")
}

// Without a key of the job it sees what servers tell strangers.
func TestDoctorForAStranger(t *testing.T) {
	w := newWorld(t, nil)
	w.approveAll()
	w.keygen("stranger")
	c, err := client.OpenAnybody(w.path(w.job), w.path("stranger.key"))
	require.NoError(t, err)
	defer c.Close()
	fine, bad := examine(t, c)
	require.Equal(t, 3*5, fine)
	require.Len(t, bad, 3)
	for _, text := range bad {
		require.Contains(t, text, "links: it does not say how it reaches the other servers")
	}
}

// An address that leads to something else is told from one with a false key.
func TestDoctorOnWrongAddresses(t *testing.T) {
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	var addresses []string
	w := newWorld(t, func(job string) string {
		for _, part := range strings.Split(job, `address: "`)[1:] {
			address, _, _ := strings.Cut(part, `"`)
			addresses = append(addresses, address)
		}
		job = strings.Replace(job, addresses[0], web.Listener.Addr().String(), 1)
		job = strings.Replace(job, addresses[1], "swap", 1)
		job = strings.Replace(job, addresses[2], addresses[1], 1)
		return strings.Replace(job, "swap", addresses[2], 1)
	})
	_, bad := examine(t, w.open("north"))
	require.Len(t, bad, 3)
	require.Contains(t, bad[0], "server 0: key: something answers there, but it is no trainer server")
	require.Regexp(t, `^server 1: key: holds the key ed25519:\S+, and the job names ed25519:\S+$`, bad[1])
	require.Regexp(t, `^server 2: key: holds the key ed25519:\S+, and the job names ed25519:\S+$`, bad[2])
}
