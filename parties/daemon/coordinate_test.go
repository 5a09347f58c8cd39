package daemon

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/store"
)

// Two jobs whose servers find each other busy do not stay in step.
func TestPausesAreUneven(t *testing.T) {
	a, b := &job{id: store.ID(sha256.Sum256([]byte("a")))}, &job{id: store.ID(sha256.Sum256([]byte("b")))}
	same := 0
	for range 100 {
		x, y := a.uneven(time.Second), b.uneven(time.Second)
		for _, pause := range []time.Duration{x, y} {
			require.GreaterOrEqual(t, pause, time.Second/2)
			require.Less(t, pause, 3*time.Second/2)
		}
		if (x - y).Abs() < 10*time.Millisecond {
			same++
		}
		a.retries++
		b.retries++
	}
	require.Less(t, same, 20)
}
