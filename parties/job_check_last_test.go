package parties

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is refused as a last layer is in job_errors.txtar. These may be meant: squared
// errors of targets that are not logits, a ReLU below a softmax.
func TestLastLayersThatTrain(t *testing.T) {
	for loss, last := range map[string][]string{
		MeanSquaredError:    {"sigmoid", "tanh", "relu"},
		BinaryCrossEntropy:  {"leaky_relu", "silu", "batch_norm"},
		SoftmaxCrossEntropy: {"relu", "gelu"},
	} {
		for _, layer := range last {
			_, err := ParseJob("job.yaml", fmt.Appendf(nil, `
name: x
data: {target: y%s, owners: [{name: a, file: a.csv}]}
model: [linear: {out: 1}, sigmoid, linear: {out: 1}, %s]
loss: %s
`, map[string]string{SoftmaxCrossEntropy: ", classes: 2"}[loss], layer, loss))
			require.NoError(t, err, "%s before %s", layer, loss)
		}
	}
}
