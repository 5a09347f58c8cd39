package grpcnet

import (
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// TestRoundsAllocateNothingHere counts by the memory profile, which knows where.
// Beneath is TLS, which before Go 1.27 has an allocation for each record read and for some
// that came in pieces.
func TestRoundsAllocateNothingHere(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes pools forget")
	}
	const rounds = 500
	before := runtime.MemProfileRate
	runtime.MemProfileRate = 1
	defer func() { runtime.MemProfileRate = before }()
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // the collector empties pools
	for _, c := range []struct {
		bytes         int
		here, beneath float64 // at most, in a round of three messages
	}{{64, .5, 3}, {4 << 10, .5, 5}, {64 << 10, 1, 20}, {1<<20 + 8, 2, 300}} {
		ends := [transport.Servers]ringEnd{}
		for i, conn := range joined(t, nodes(t)) {
			ends[i] = &connEnd{Conn: conn}
		}
		playAll(t, ends, rounds, c.bytes/8)
		here, all := allocations()
		playAll(t, ends, rounds, c.bytes/8)
		hereAfter, allAfter := allocations()
		perRound := func(n int64) float64 { return float64(n) / rounds }
		t.Logf("%d bytes: %.2f here, %.2f in all", c.bytes, perRound(hereAfter-here), perRound(allAfter-all))
		require.Less(t, perRound(hereAfter-here), c.here, "%d bytes", c.bytes)
		if !tlsAllocates {
			c.beneath = 2 * c.here
		}
		require.Less(t, perRound(allAfter-all), c.beneath, "%d bytes", c.bytes)
	}
}

// playAll plays rounds on all servers.
func playAll(t *testing.T, ends [transport.Servers]ringEnd, rounds, words int) {
	t.Helper()
	var all sync.WaitGroup
	var errs [transport.Servers]error
	for i, e := range ends {
		all.Go(func() { errs[i] = playRounds(e, rounds, words) })
	}
	all.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

// allocations returns how many there were so far by functions of this package or of h2,
// and by any but this one.
func allocations() (here, all int64) {
	runtime.GC() // tells of what was before the last collection
	runtime.GC()
	records := make([]runtime.MemProfileRecord, 1<<16)
	n, ok := runtime.MemProfile(records, true)
	if !ok {
		panic("more records than there is room for")
	}
	for _, r := range records[:n] {
		switch who := allocator(r.Stack()); {
		case who == nil:
		case strings.HasPrefix(who.Function, transportPath) && !strings.Contains(who.File, "_test.go"):
			here += r.AllocObjects
			fallthrough
		default:
			all += r.AllocObjects
		}
	}
	return here, all
}

// transportPath is what the names of functions of the transports begin with.
var transportPath = strings.TrimSuffix(reflect.TypeFor[link]().PkgPath(), "/grpcnet")

// allocator is the function that allocated, or nil if that was for allocations, or for the
// control of a link, whose signs of life go by time and not by rounds.
func allocator(stack []uintptr) (who *runtime.Frame) {
	frames := runtime.CallersFrames(stack)
	for {
		f, more := frames.Next()
		for _, other := range []string{".allocations", "(*link).control", "(*link).listen"} {
			if strings.HasSuffix(f.Function, other) {
				return nil
			}
		}
		if who == nil && !strings.HasPrefix(f.Function, "runtime.") {
			who = &f
		}
		if !more {
			return who
		}
	}
}
