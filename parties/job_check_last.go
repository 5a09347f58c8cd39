package parties

import (
	"slices"

	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/tensor"
)

// checkLogits refuses a last layer that keeps the loss from getting logits. Such a
// network trains, but what it says of a row can hardly become sure, or with a ReLU
// before a sigmoid never no.
func (j *Job) checkLogits() *JobError {
	last := len(j.Layers) - 1
	for last > 0 && slices.Contains([]string{"flatten", "dropout"}, j.Layers[last].Kind) {
		last--
	}
	kind, within := j.Layers[last].Kind, withinLoss(j.Loss)
	bounded := kind == "sigmoid" || kind == "tanh"
	if within == "" || !bounded && (kind != "relu" || within != "sigmoid") {
		return nil
	}
	return j.ErrorAt(j.layerPath(last), "the last layer is %s, but %s wants logits: it has the %s in it", kind, j.Loss, within).
		withHint("leave %s out", kind)
}

// withinLoss names the function that a loss applies to the outputs, or "".
func withinLoss(loss string) string {
	switch loss {
	case BinaryCrossEntropy:
		return "sigmoid"
	case SoftmaxCrossEntropy:
		return "softmax"
	}
	return ""
}

// checkOutputs tells whether the shape behind the last layer is what the loss compares
// with the targets.
func (j *Job) checkOutputs(last []int) *JobError {
	if slices.Equal(last, []int{j.outputs()}) {
		return nil
	}
	list := j.network()
	e := j.ErrorAt(j.layerPath(len(list)-1), "%s: the last layer gives %s for a row, want %d",
		blueprint.Names(list)[len(list)-1], tensor.ShapeString(last), j.outputs())
	if j.task() == predictsClasses {
		return e.withHint("one number for each class (data.classes)")
	}
	return e.withHint("one number for %s", j.Loss)
}
