package measure

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

// links are the six directed links of a test: links[from][to].
type links [transport.Servers][transport.Servers]Link

// alike is six links of one kind.
func alike(l Link) (all links) {
	each(func(from, to int) { all[from][to] = l })
	return all
}

// network is three ends whose messages take as long as over the links, on the
// clock of the test. A link is busy with one message after another.
func network(l links) [transport.Servers]transport.Conn {
	conns := mem.New()
	var mu sync.Mutex
	var free [transport.Servers][transport.Servers]time.Time
	hook := func(from, to int, _ transport.Tag, words []uint64) transport.Fault {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		if free[from][to].Before(now) {
			free[from][to] = now
		}
		if b := l[from][to].Bandwidth; b > 0 {
			free[from][to] = free[from][to].Add(time.Duration(8 * float64(len(words)) / b * 1e9))
		}
		return transport.Fault{Delay: free[from][to].Sub(now) + l[from][to].Delay}
	}
	for i := range conns {
		conns[i] = transport.Inject(conns[i], hook)
	}
	return conns
}

// all measures on all three servers.
func all(ctx context.Context, conns [transport.Servers]transport.Conn) (r [transport.Servers]*Report, errs [transport.Servers]error) {
	var wg sync.WaitGroup
	for i, c := range conns {
		wg.Go(func() { r[i], errs[i] = Links(ctx, c) })
	}
	wg.Wait()
	return r, errs
}

// found is what all three servers find, the same, and the time it took.
func found(t *testing.T, l links) (r *Report, took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		reports, errs := all(t.Context(), network(l))
		took = time.Since(start)
		require.NoError(t, errs[0])
		require.NoError(t, errs[1])
		require.NoError(t, errs[2])
		require.Equal(t, reports[0], reports[1])
		require.Equal(t, reports[0], reports[2])
		r = reports[0]
	})
	return r, took
}
