package parties

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
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

// Every name of torch and Keras leads to ours, and every one of ours is there.
func TestNamesOfTorchAndKeras(t *testing.T) {
	var options []string
	for _, kind := range blueprint.Kinds() {
		options = append(options, blueprint.OptionNames(kind)...)
	}
	all := slices.Concat(blueprint.Kinds(), options, layers.Inits(), []string{"learning_rate", "l2", "clip", "every", "factor", "file"})
	for got, want := range elsewhere() {
		require.Contains(t, all, want)
		require.Equal(t, want, nearest(got, all), "%q", got)
	}
	for got, want := range map[string]string{
		"kernel_size": "kernel", "strides": "stride", "kaiming_uniform_": "he_uniform", "GlorotUniform": "glorot_uniform",
		"Conv2d": "conv2d", "MaxPooling2D": "max_pool2d", "BatchNorm1d": "batch_norm", "LeakyReLU": "leaky_relu",
	} {
		require.Equal(t, want, nearest(got, all), "%q", got)
	}
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
