package bench

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/ring"
)

// TestQuickRun measures everything, and checks what does not depend on the
// machine: that every figure is there, and rounds and bytes.
func TestQuickRun(t *testing.T) {
	if testing.Short() {
		t.Skip("large products take long under the race detector")
	}
	before := ring.CurrentLevel()
	var stages []string
	r, err := Run(t.Context(), Options{Quick: true, Level: Level(ring.LevelGo), OnStage: func(name string) { stages = append(stages, name) }})
	require.NoError(t, err)
	require.Equal(t, before, ring.CurrentLevel(), "the level that was in use before is back")
	require.Equal(t, slices.Concat([]string{"matmul", "prg", "round"}, Operations(), Tasks()), stages)

	require.Equal(t, "go", r.CPU.Level)
	require.ElementsMatch(t, Shapes(), slices.Collect(maps.Keys(r.MatMul)))
	for shape, p := range r.MatMul {
		for _, figure := range []float64{p.Gops, p.PeakFraction, p.TimesPureGo, p.GopsAllCores} {
			require.Positive(t, figure, shape)
		}
	}
	require.Positive(t, r.PRG.GBPerSecond)
	require.ElementsMatch(t, Transports(), slices.Collect(maps.Keys(r.Round)))
	for transport, micros := range r.Round {
		require.Positive(t, micros, transport)
	}
	require.ElementsMatch(t, Transports(), slices.Collect(maps.Keys(r.Allocs.Rounds)))
	require.Less(t, r.Allocs.Round, 1.0)
	require.ElementsMatch(t, Transports()[1:], slices.Collect(maps.Keys(r.Stream)))
	require.ElementsMatch(t, Operations(), slices.Collect(maps.Keys(r.Ops)))
	checkCosts(t, r)
}

// checkCosts compares what the servers sent with the declared costs.
func checkCosts(t *testing.T, r *Result) {
	t.Helper()
	k := mpc.Costs{}
	for name, want := range map[string]mpc.Cost{
		"multiply":  k.TruncProduct(r.Values, fractionBits),
		"truncate":  k.Trunc(r.Values, fractionBits),
		"compare64": k.Negative(r.Values, 64),
		"relu32":    k.Negative(r.Values, 32).Then(k.BitMul(r.Values)),
	} {
		got := r.Ops[name]
		require.Equal(t, digits(float64(want.Bytes)/3/float64(r.Values), 4), got.Bytes, name)
		require.LessOrEqual(t, got.Rounds, want.Rounds, name)
		require.GreaterOrEqual(t, got.Rounds, want.Rounds-1, name)
	}
	for name, o := range r.Ops {
		require.Positive(t, o.PerSecond, name)
		require.Positive(t, o.Rounds, name)
	}
	require.Positive(t, r.LRStepMinimax3.Milliseconds)
	require.Positive(t, r.LRStep.Milliseconds)
	require.Less(t, r.LRStepMinimax3.Bytes, r.LRStep.Bytes)
	require.InDelta(t, 12e3, r.LRStep.Bytes, 3e3, "per server")
	require.Equal(t, r.Allocs.LRStep, r.LRStep.Allocs)
	require.ElementsMatch(t, []string{"network_a", "lenet"}, slices.Collect(maps.Keys(r.Networks)))
	for name, s := range r.Networks {
		require.Positive(t, s.Milliseconds, name)
		require.Positive(t, s.Bytes, name)
		require.Positive(t, s.Rounds, name)
	}
}

// TestJSON has the fields that others read.
func TestJSON(t *testing.T) {
	encoded, err := json.Marshal(Result{
		MatMul: map[string]Product{"128x784x128": {}}, Round: map[string]float64{"memory": 3}, Stream: map[string]float64{"tcp": 1000}, Ops: map[string]Op{"multiply": {}},
	})
	require.NoError(t, err)
	require.JSONEq(t, `{
		"cpu": {"model": "", "cores": 0, "level": "", "levels": null}, "go": "", "values": 0,
		"matmul": {"128x784x128": {"gops": 0, "peak_fraction": 0, "times_pure_go": 0, "gops_all_cores": 0}},
		"prg": {"gb_per_s": 0},
		"round_us": {"memory": 3}, "stream_mb_per_s": {"tcp": 1000},
		"ops": {"multiply": {"per_second": 0, "bytes": 0, "rounds": 0, "allocs": 0}},
		"lr_step": {"milliseconds": 0, "rounds": 0, "bytes": 0, "allocs": 0},
		"lr_step_minimax3": {"milliseconds": 0, "rounds": 0, "bytes": 0, "allocs": 0},
		"allocs": {"round": 0, "rounds": null, "lr_step": 0}
	}`, string(encoded))
}

// TestLinkIsFelt runs one operation of a known number of rounds over a slow
// link: it cannot be faster than its messages.
func TestLinkIsFelt(t *testing.T) {
	link := Link{Delay: 2 * time.Millisecond}
	o := Options{Quick: true, Link: &link}
	b := newBench(t.Context(), o)
	b.plan.protocol = effort{samples: 1}
	for _, o := range operations()[:2] {
		require.NoError(t, b.operation(o))
		got := b.result.Ops[o.name]
		seconds := float64(b.values) / got.PerSecond
		require.GreaterOrEqual(t, seconds, .999*float64(got.Rounds)*link.Delay.Seconds(), o.name)
	}
	require.NoError(t, b.rounds())
	require.GreaterOrEqual(t, b.result.Round["memory"], 1999.0)
	require.NotContains(t, b.result.Round, "tcp", "sockets have no link")
}

// TestInterruption cancels each stage that has servers as it begins.
func TestInterruption(t *testing.T) {
	o := Options{Quick: true}
	for i, s := range newBench(t.Context(), o).stages() {
		if s.name == "matmul" || s.name == "prg" {
			continue
		}
		stopped := errors.New("stopped")
		ctx, cancel := context.WithCancelCause(t.Context())
		o.OnStage = func(string) { cancel(stopped) }
		b := newBench(ctx, o)
		require.ErrorIs(t, b.stage(b.stages()[i]), stopped, s.name)
		require.ErrorIs(t, b.stage(s), stopped, "no stage begins after it")
	}
}

func TestLevelsRefused(t *testing.T) {
	var l Level
	require.ErrorContains(t, l.UnmarshalText([]byte("sse9")), `got CPU level "sse9", want one this machine has: go`)
	require.NoError(t, l.UnmarshalText([]byte("go")))
	_, err := Run(t.Context(), Options{Quick: true, Level: "sse9"})
	var refused *ring.LevelError
	require.ErrorAs(t, err, &refused)
}

// TestRivals sees that every network goes round the ring, and that its messages
// are those of the previous server.
func TestRivals(t *testing.T) {
	for _, r := range rivals() {
		b := newBench(t.Context(), Options{Quick: true})
		net, err := r.open(b)
		require.NoError(t, err)
		for _, play := range []play{playRounds, playStream} {
			require.NoError(t, b.laps(newStopwatch(effort{samples: 3}), net, play, 5, 100), r.name)
		}
		broken := errors.New("broken")
		net.close(broken)
		require.Error(t, net.recv(1, 1000, 1), r.name)
		net.close(nil)
	}
}

func TestSocketRing(t *testing.T) {
	for _, secure := range []bool{false, true} {
		r, err := newSocketRing(secure)
		require.NoError(t, err)
		for i := range 3 {
			r.out[i] = []byte{byte(10 + i), 0, 0, 0, 0, 0, 0, 0}
		}
		require.NoError(t, together(newStopwatch(effort{samples: 1}), func(i int) error { return playRounds(r, i, 0, 1, 1) }))
		for i := range 3 {
			require.Equal(t, byte(10+(i+2)%3), r.in[i][0], "server %d heard another than the previous one", i)
		}
		r.close(nil)
	}
}
