package bench

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLapsAreCommon has three servers count laps: none begins a lap before all
// have ended the one before.
func TestLapsAreCommon(t *testing.T) {
	w := newStopwatch(effort{samples: 7})
	var done [3]atomic.Int64
	require.NoError(t, together(w, func(i int) error {
		for lap := int64(0); w.lap(); lap++ {
			for k := range done {
				if n := done[k].Load(); n < lap {
					t.Errorf("server %d began lap %d while server %d had done %d", i, lap, k, n)
				}
			}
			done[i].Add(1)
		}
		return nil
	}))
	for k := range done {
		require.EqualValues(t, warmLaps+len(w.took), done[k].Load())
	}
	require.GreaterOrEqual(t, len(w.took), 7)
}

// TestLapTimeIsThatOfTheSlowest delays one server.
func TestLapTimeIsThatOfTheSlowest(t *testing.T) {
	const delay = 2 * time.Millisecond
	w := newStopwatch(effort{samples: 3})
	require.NoError(t, together(w, func(i int) error {
		for w.lap() {
			if i == 1 {
				time.Sleep(delay)
			}
		}
		return nil
	}))
	for _, took := range w.took {
		require.GreaterOrEqual(t, took, delay)
	}
}

// TestFailureEndsTheOthers has one server fail while the others wait for it.
func TestFailureEndsTheOthers(t *testing.T) {
	boom := errors.New("boom")
	w := newStopwatch(effort{samples: 1 << 30})
	err := together(w, func(i int) error {
		for lap := 0; w.lap(); lap++ {
			if i == 2 && lap == 5 {
				return boom
			}
		}
		return nil
	})
	require.ErrorIs(t, err, boom)
}

func TestAllocationsAreCounted(t *testing.T) {
	w := newStopwatch(effort{samples: 50})
	kept := make([][]byte, 0, 1<<20)
	require.NoError(t, together(w, func(i int) error {
		for w.lap() {
			for range 100 {
				if i == 0 {
					kept = append(kept, make([]byte, 100))
				}
			}
		}
		return nil
	}))
	require.GreaterOrEqual(t, w.allocsPerLap(), 100.0)
	require.Less(t, w.allocsPerLap(), 110.0)
}
