package daemon

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// TestGuardedLog logs what could hold a secret, and what cannot.
func TestGuardedLog(t *testing.T) {
	var b bytes.Buffer
	log := slog.New(Guarded(slog.NewTextHandler(&b, nil)))
	words := []uint64{7777777777, 8888888888}
	parts, err := mpc.Split(words, rand.Reader)
	require.NoError(t, err)
	type inner struct{ Words []uint64 }
	log = log.With("words", words).WithGroup("g")
	log.Info("m", "bytes", []byte("7777777777"), "struct", inner{words}, "pointer", &inner{words}, "part", parts[0],
		"key", keyOf("alpha"), slog.Group("deep", "words", words), "stringer", bytes.NewBufferString("7777777777"))
	require.NotContains(t, b.String(), "7777777777")
	require.NotContains(t, b.String(), "8888888888")
	require.Contains(t, b.String(), "g.deep.words=[withheld]")
	b.Reset()
	log.Info("m", "text", "abc", "n", 42, "took", time.Second, "error", fmt.Errorf("a: %w", errors.New("b")), "ok", true)
	require.Contains(t, b.String(), `g.text=abc g.n=42 g.took=1s g.error="a: b" g.ok=true`)
}

// TestLogHasNoData runs a job and looks for cells of the owners' files in the logs
// of the servers. The cells are such as no duration and no count is.
func TestLogHasNoData(t *testing.T) {
	c := newConsort(t)
	var cells []string
	for i, owner := range []string{"north", "south"} {
		var text strings.Builder
		text.WriteString("a,b,y\n")
		for k := range 40 {
			for _, cell := range []int{1, -1} {
				cells = append(cells, fmt.Sprintf("%d.%05d", 7770000+cell*(1000*i+k), 98700+k))
			}
			text.WriteString(fmt.Sprintf("%s,-%s,%d\n", cells[len(cells)-2], cells[len(cells)-1], k%2))
		}
		require.NoError(t, os.WriteFile(c.files[owner], []byte(text.String()), 0o600))
	}
	c.runToTraining()
	c.shareRows()
	c.untilDone("train")
	for i := range c.servers {
		log := c.servers[i].log.String()
		require.Contains(t, log, "phase done")
		for _, cell := range cells {
			require.NotContains(t, log, cell)
		}
	}
}
