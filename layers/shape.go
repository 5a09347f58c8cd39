package layers

import (
	"fmt"
	"strings"

	"github.com/trefoil-ml/trefoil/tensor"
)

// anySize stands for a dimension of any size in a wanted shape.
const anySize = -1

// wantShape fails in the name of a layer unless x has this shape.
func wantShape(name, what string, x tensor.Secret, want ...int) {
	got := x.Shape()
	if fits(got, want) {
		return
	}
	x.Session().Fail(fmt.Errorf("layers: %s: got %s of shape %s, want %s", name, what, sizes(got), sizes(want)))
}

func fits(got, want []int) bool {
	if len(got) != len(want) {
		return false
	}
	for i, n := range want {
		if n != anySize && got[i] != n {
			return false
		}
	}
	return true
}

// sizes prints a shape.
func sizes(shape []int) string {
	var text strings.Builder
	for i, n := range shape {
		if i > 0 {
			text.WriteString("×")
		}
		if n == anySize {
			text.WriteString("any")
			continue
		}
		text.WriteString(fmt.Sprint(n))
	}
	return text.String()
}

// wantForward fails unless the layer has seen a batch that it has not gone back
// through.
func wantForward(name string, x, dy tensor.Secret) {
	if !x.Valid() {
		dy.Session().Fail(fmt.Errorf("layers: %s: got a gradient without a batch, want Forward before each Backward", name))
	}
}
