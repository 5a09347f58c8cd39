package parties

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

func TestNetworkInWords(t *testing.T) {
	for want, n := range map[string]Network{
		"0.014 ms":              {Delay: 14.1e-6},
		"0.3 ms":                {Delay: .3e-3},
		"1 ms, 1 Gbit/s":        {Delay: 1e-3, Bandwidth: 125e6},
		"20 ms, 100 Mbit/s":     {Delay: 20e-3, Bandwidth: 12.5e6},
		"200 ms, 0.5 Mbit/s":    {Delay: .2, Bandwidth: 62_500},
		"0.5 ms, 10 Gbit/s":     {Delay: .5e-3, Bandwidth: 1.25e9},
		"10000 ms, 0.02 Mbit/s": {Delay: 10, Bandwidth: 2_500},
	} {
		require.Equal(t, want, n.String())
	}
}

// TestNearServersChooseAsWithoutALink: how near they are changes nothing.
func TestNearServersChooseAsWithoutALink(t *testing.T) {
	require.Equal(t, mpc.Link{}, Network{Delay: .4e-3}.Link())
	require.Equal(t, mpc.Link{Delay: .02, Bandwidth: 5e6}, Network{Delay: .02, Bandwidth: 5e6}.Link())
}

// TestMeasureNetwork is over an emulated link: no message is early.
func TestMeasureNetwork(t *testing.T) {
	const delay = 3 * time.Millisecond
	var all sync.WaitGroup
	var found [servers]Network
	var errs [servers]error
	for i, c := range mem.New(mem.WithLink(Link{Delay: delay, Bandwidth: 50e6})) {
		all.Go(func() { found[i], errs[i] = MeasureNetwork(t.Context(), c) })
	}
	all.Wait()
	for i := range found {
		require.NoError(t, errs[i])
		require.Equal(t, found[0], found[i])
	}
	require.GreaterOrEqual(t, found[0].Delay, 2e-3, "rounded to 1, 2 or 5")
	require.Positive(t, found[0].Bandwidth)
	require.Equal(t, found[0].Link().Delay, found[0].Delay)
}
