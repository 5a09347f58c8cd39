package train

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// TestCostOfNetworks keeps the bytes that all servers send in a step, and the rounds,
// below what docs/performance.md promises. LeNet takes signs as
// examples/mnist/lenet.yaml does.
func TestCostOfNetworks(t *testing.T) {
	if testing.Short() {
		t.Skip("steps of LeNet take long under the race detector")
	}
	for name, tt := range map[string]struct {
		networkSteps
		megabytes, rounds float64 // at most
	}{
		"A":     {networkSteps{optimizer: momentum, build: networkA, image: []int{784}}, 12, 65},
		"LeNet": {networkSteps{optimizer: momentum, build: leNet, image: []int{1, 28, 28}, options: tensortest.Options{CoarseSigns: 8}}, 160, 145},
	} {
		bytes, rounds := tt.run(t, 2)
		require.LessOrEqual(t, bytes, tt.megabytes*1e6, name)
		require.Greater(t, bytes, tt.megabytes*.5e6, name)
		require.LessOrEqual(t, rounds, tt.rounds, name)
	}
}
