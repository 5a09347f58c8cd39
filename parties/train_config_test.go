package parties

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A job that nobody could train is refused before all approve it and share, if that
// can be seen without the rows.
func TestRatesAreCheckedBeforeSharing(t *testing.T) {
	j, _ := networkedJob(t)
	j.Train.LearningRate, j.Train.Momentum = 100, .99
	err := j.Check()
	require.ErrorContains(t, err, "learning rate")
	j.Train.LearningRate = .1
	require.NoError(t, j.Check())
}
