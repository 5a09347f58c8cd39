package bench

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMedian(t *testing.T) {
	require.Equal(t, 2*time.Second, median([]time.Duration{3 * time.Second, time.Second, 2 * time.Second}))
	require.Equal(t, 3*time.Second, median([]time.Duration{9 * time.Second, time.Second, 2 * time.Second, 4 * time.Second}))
	took := []time.Duration{2, 1}
	median(took)
	require.Equal(t, []time.Duration{2, 1}, took, "median sorted its argument")
}

// TestSamplesAlternate counts calls: as many samples of each function, in turn.
func TestSamplesAlternate(t *testing.T) {
	var order []string
	e := effort{samples: 7}
	medians := e.perCall(
		func() { order = append(order, "a") },
		func() { order = append(order, "b") },
	)
	require.Len(t, medians, 2)
	require.GreaterOrEqual(t, len(order), 2+2*7)
	for i, name := range order[2:] { // the first two are the ones to find how many calls
		require.Equal(t, []string{"a", "b"}[i%2], name, "call %d", i)
	}
}

func TestSampleIsLongEnough(t *testing.T) {
	e := effort{samples: 3, least: 10 * time.Millisecond}
	require.Greater(t, e.fill(func() {}), 1, "an empty function was timed by itself")
	require.Equal(t, 1, e.fill(func() { time.Sleep(e.least) }))
}

func TestDigits(t *testing.T) {
	for _, tt := range []struct {
		x    float64
		n    int
		want float64
	}{
		{49.0351, 4, 49.04},
		{0, 3, 0},
		{6.66666, 4, 6.667},
		{39912345, 4, 39910000},
		{.00012345, 2, .00012},
		{1000, 3, 1000},
		{-2.345, 2, -2.3},
		{100300001, 4, 100300000},
		{1.00312e8, 4, 1.003e8},
		{123456789012, 3, 123000000000},
	} {
		require.Equal(t, tt.want, digits(tt.x, tt.n), "%g", tt.x)
	}
	require.Equal(t, 27.52, hundredths(27.5249))
	require.Zero(t, hundredths(.0049))
}
