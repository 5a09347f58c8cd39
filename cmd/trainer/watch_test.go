package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties/client"
)

// A server that waits for another one in the middle of the training is told of,
// whichever of the two it is: once, when it waits for somebody else, and from time
// to time. Else only server 0 tells of steps.
func TestWatchTellsOfStalls(t *testing.T) {
	for stalled := range 3 {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			w := &watcher{app: &app{stdout: &out}}
			status := func(server, step int, waiting string) {
				w.tell(client.Status{
					Server: server, State: client.StateRunning, Phase: "train", WaitingFor: waiting,
					Progress: &client.Progress{Step: step, Steps: 100, Elapsed: time.Duration(step) * time.Millisecond},
				})
			}
			for i := range 3 {
				status(i, 1, "")
			}
			require.Equal(t, 1, strings.Count(out.String(), "\n"), "only server 0 tells of steps")
			time.Sleep(time.Second)
			out.Reset()
			for second := 4; second < 25; second++ {
				for _, i := range []int{(stalled + 1) % 3, (stalled + 2) % 3} {
					who := fmt.Sprintf("server %d at a:1", stalled)
					if second < 6 {
						status(i, 2, fmt.Sprintf("%s, or one that it waits for: nothing has come for %ds", who, second))
					} else {
						status(i, 2, fmt.Sprintf("%s, from which nothing has come for %ds", who, second))
					}
				}
				time.Sleep(time.Second)
			}
			for i := range 3 {
				want := 3 // at 4, 6 and 16 seconds
				if i == stalled {
					want = 0
				}
				require.Equal(t, want, strings.Count(out.String(), fmt.Sprintf(" server %d: running", i)), out.String())
			}
			require.Contains(t, out.String(), fmt.Sprintf("; server %d at a:1, or one that it waits for: nothing has come for 4s", stalled))
			require.Contains(t, out.String(), fmt.Sprintf("; server %d at a:1, from which nothing has come for 6s", stalled))
			require.Contains(t, out.String(), fmt.Sprintf("; server %d at a:1, from which nothing has come for 16s", stalled))
		})
	}
}
