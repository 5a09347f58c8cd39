package train

import (
	"testing"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
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
	const batch, features = 128, 30
	b.ReportAllocs()
	data, rows := noise(batch, features), make([]int, batch)
	for i := range rows {
		rows[i] = i
	}
	warm := make(chan struct{}, 3)
	var rounds, bytes [3]int64
	tensortest.Secure(b, tensortest.Options{}, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		c := Config{Epochs: 1, BatchSize: batch, MeanSquare: 1, Optimizer: &SGD{LearningRate: .1, Momentum: .9, L2: .001}}
		m, y := NewLogisticRegression(s, features, sigmoid), s.Constant(data.y, 0)
		t, err := newTraining(s, m, in[0], y, c)
		if err != nil {
			return nil, err
		}
		t.guard = newNormGuard(s, m.Params(), b.N+1, c.rowNorm(batch, features))
		t.batch(rows, 1)
		s.Alarm(tensortest.Permit()) // all are ready
		r, sent := s.Cost()
		if warm <- struct{}{}; len(warm) == 3 {
			b.ResetTimer()
		}
		for range b.N {
			t.batch(rows, 1)
		}
		r2, sent2 := s.Cost()
		rounds[s.Server()], bytes[s.Server()] = int64(r2-r), sent2-sent
		return nil, nil
	}, data.x)
	b.ReportMetric(float64(bytes[0]+bytes[1]+bytes[2])/float64(b.N), "B/step")
	b.ReportMetric(float64(max(rounds[0], rounds[1], rounds[2]))/float64(b.N), "rounds")
}
