package parties

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	known := []string{"epochs", "batch", "learning_rate", "l2"}
	for got, want := range map[string]string{
		"epoch": "epochs", "Epochs": "epochs", "epcohs": "epochs", "batch_size": "batch", "learning-rate": "learning_rate",
		"learn": "learning_rate", "l1": "l2", "zzz": "", "": "",
	} {
		require.Equal(t, want, nearest(got, known), "%q", got)
	}
	for got, want := range map[string]string{
		"lr": "learning_rate", "weight_decay": "l2", "units": "out", "filters": "out", "Dense": "linear", "negative_slope": "slope",
	} {
		require.Equal(t, want, nearest(got, []string{"l2", "learning_rate", "out", "linear", "slope", "kernel"}), "%q", got)
	}
	require.Equal(t, "file", nearest("path", []string{"name", "key", "file"}))
	require.Empty(t, nearest("lr", []string{"epochs"}))
}

func TestEditsIsADistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.RuneFrom([]rune("abç")), 0, 8, -1)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := edits(a, b)
		require.Equal(t, d, edits(b, a))
		require.Equal(t, a == b, d == 0)
		require.LessOrEqual(t, d, max(len([]rune(a)), len([]rune(b))))
	})
	require.Equal(t, 1, edits("flie", "file"))
	require.Equal(t, 3, edits("kitten", "sitting"))
}
