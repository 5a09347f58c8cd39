package train

import (
	"testing"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// BenchmarkStep is a step of logistic regression with momentum and L2: batch 128,
// 30 features. It reports what all servers send in a step, the rounds, and the
// allocations of all servers.
func BenchmarkStep(b *testing.B) {
	for _, sigmoid := range []string{"minimax3", "minimax5", "minimax7", "exact"} {
		b.Run(sigmoid, func(b *testing.B) {
			f, err := layers.NewSigmoid(sigmoid)
			if err != nil {
				b.Fatal(err)
			}
			benchmarkStep(b, f)
		})
	}
}

func benchmarkStep(b *testing.B, sigmoid layers.Activation) {
	b.ReportAllocs()
	m := measuredSteps{count: b.N, sigmoid: sigmoid, start: b.ResetTimer}
	m.run(b, tensortest.Options{})
	b.ReportMetric(m.bytes(), "B/step")
	b.ReportMetric(m.rounds(), "rounds")
}
