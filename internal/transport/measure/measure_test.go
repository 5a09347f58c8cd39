package measure

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

const mbit = 1e6 / 8

func TestLinksThatAreAlike(t *testing.T) {
	for _, c := range []struct {
		link, want Link
		atMost     time.Duration
	}{
		{Link{}, Link{}, 0},
		{Link{Delay: 400 * time.Microsecond, Bandwidth: mbit}, Link{}, time.Second},
		{Link{Delay: time.Millisecond, Bandwidth: 1000 * mbit}, Link{Delay: time.Millisecond, Bandwidth: 1000 * mbit}, time.Second},
		{Link{Delay: 20 * time.Millisecond, Bandwidth: 100 * mbit}, Link{Delay: 20 * time.Millisecond, Bandwidth: 100 * mbit}, 2 * time.Second},
		{Link{Delay: 22 * time.Millisecond, Bandwidth: 93 * mbit}, Link{Delay: 20 * time.Millisecond, Bandwidth: 100 * mbit}, 2 * time.Second},
		{Link{Delay: 50 * time.Millisecond, Bandwidth: 20 * mbit}, Link{Delay: 50 * time.Millisecond, Bandwidth: 20 * mbit}, 3 * time.Second},
		{Link{Delay: 200 * time.Millisecond, Bandwidth: mbit}, Link{Delay: 200 * time.Millisecond, Bandwidth: mbit}, 10 * time.Second},
		{Link{Delay: 20 * time.Millisecond}, Link{Delay: 20 * time.Millisecond, Bandwidth: 10_000 * mbit}, 3 * time.Second},
	} {
		got, took := found(t, alike(c.link))
		require.Equal(t, c.want, got.Link, "%+v", c.link)
		require.LessOrEqual(t, took, c.atMost, "%+v", c.link)
	}
}

// TestBurstsOfRealLinks has bursts as they came, from 128 KiB on, over gRPC and
// TCP through links of that bandwidth.
func TestBurstsOfRealLinks(t *testing.T) {
	for _, c := range []struct {
		bandwidth float64
		ms        []float64
	}{
		{1000 * mbit, []float64{3.91, 5.18, 11.53, 14.62, 42.58, 55.19, 75.42}}, // 1 ms one way
		{1000 * mbit, []float64{3.56, 4.02, 5.71, 7.30, 16.02, 58.22, 71.33}},
		{100 * mbit, []float64{46.77, 39.29, 66.69, 78.42, 169.61}}, // 20 ms
		{100 * mbit, []float64{47.43, 41.10, 59.11, 93.12, 163.99}},
		{20 * mbit, []float64{124.34, 104.06, 196.62}}, // 50 ms
	} {
		var b bursts
		rate, ok, n := 0.0, false, 4*firstBurst
		for i, ms := range c.ms {
			require.False(t, ok, "enough after %d of %v", i, c.ms)
			rate, ok = b.add(n, time.Duration(ms*1e6))
			n *= 2
		}
		require.True(t, ok || n > maxBurst, "more bursts than %v", c.ms)
		require.EqualValues(t, 8*c.bandwidth, coarse(8*uint64(rate)), "%v", c.ms)
	}
}

// TestTheSlowestLinkCounts has one link that is worse than the others.
func TestTheSlowestLinkCounts(t *testing.T) {
	each(func(from, to int) {
		l := alike(Link{Delay: 5 * time.Millisecond, Bandwidth: 1000 * mbit})
		l[from][to].Bandwidth = 50 * mbit
		l[from][to].Delay = 35 * time.Millisecond // so the round trip is 40 ms
		got, _ := found(t, l)
		require.Equal(t, Link{Delay: 20 * time.Millisecond, Bandwidth: 50 * mbit}, got.Link, "%d to %d", from, to)
		require.InEpsilon(t, 50*mbit, got.Each[from][to].Bandwidth, .01)
		require.InEpsilon(t, 1000*mbit, got.Each[to][from].Bandwidth, .01)
	})
}

// TestAnyLinks measures links that have nothing in common.
func TestAnyLinks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var l links
		slowest, narrowest := time.Duration(0), float64(maxRate)
		each(func(from, to int) {
			l[from][to] = Link{
				Delay:     time.Duration(rapid.IntRange(0, 300_000).Draw(rt, "µs")) * time.Microsecond,
				Bandwidth: rapid.Float64Range(mbit/10, 10_000*mbit).Draw(rt, "bandwidth"),
			}
			narrowest = min(narrowest, l[from][to].Bandwidth)
		})
		each(func(from, to int) { slowest = max(slowest, (l[from][to].Delay+l[to][from].Delay)/2) })
		got, _ := found(t, l)
		if slowest < 500*time.Microsecond {
			return // near, or not, when pings take some time over narrow links
		}
		require.LessOrEqual(t, float64(got.Delay), 1.6*float64(slowest)+1e6)
		require.GreaterOrEqual(t, float64(got.Delay), .6*float64(slowest))
		require.LessOrEqual(t, got.Bandwidth, 1.6*narrowest)
		require.GreaterOrEqual(t, got.Bandwidth, .6*narrowest)
	})
}

// TestOverEmulatedLinks is on the real clock, so it asks for little.
func TestOverEmulatedLinks(t *testing.T) {
	link := mem.Link{Delay: 5 * time.Millisecond, Bandwidth: 200 * mbit}
	reports, errs := all(t.Context(), mem.New(mem.WithLink(link)))
	for i := range reports {
		require.NoError(t, errs[i])
		require.Equal(t, reports[0], reports[i])
	}
	got := reports[0]
	require.GreaterOrEqual(t, got.Delay, link.Delay, "no message is early")
	require.LessOrEqual(t, got.Bandwidth, 4*link.Bandwidth)
}

// TestRoundsAreNotCounted counts what a session would count on.
func TestRoundsAreNotCounted(t *testing.T) {
	conns := mem.New()
	counted := transport.Count(conns[1])
	conns[1] = counted
	_, errs := all(t.Context(), conns)
	require.Empty(t, errs[1])
	s := counted.Stats()
	require.Zero(t, s.Rounds)
	require.LessOrEqual(t, s.BytesSent, uint64(500), "near servers send no bursts")
	require.NotZero(t, s.Messages)
}

func TestCoarse(t *testing.T) {
	for v, want := range map[uint64]uint64{
		1: 1, 2: 2, 3: 2, 4: 5, 7: 5, 8: 10, 14: 10, 15: 20, 31: 20, 32: 50, 70: 50, 71: 100,
		500_000: 500_000, 19_700_000: 20_000_000, 8 * maxRate: 8 * maxRate, 999_999_999: 1_000_000_000,
	} {
		require.Equal(t, want, coarse(v), v)
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Uint64Range(10, uint64(maxDelay)).Draw(t, "v")
		c := coarse(v)
		require.Equal(t, c, coarse(c), "a coarse value stays")
		require.InEpsilon(t, float64(v), float64(c), .6)
		require.GreaterOrEqual(t, coarse(v+1), c)
	})
}
