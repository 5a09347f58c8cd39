package train

import (
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// measuredSteps are training steps of logistic regression with momentum and L2 in a
// row: batch 128, 30 features.
type measuredSteps struct {
	count   int
	sigmoid layers.Activation
	start   func() // called once, after a first step of all servers that does not count

	before, after [3]spending
	allocations   uint64 // of all servers
}

// spending is what a server has spent until a moment.
type spending struct {
	rounds int
	bytes  int64
}

func (m *measuredSteps) run(tb mpctest.TB, o tensortest.Options) {
	const batch, features = 128, 30
	data, rows := noise(batch, features), make([]int, batch)
	for i := range rows {
		rows[i] = i
	}
	begin, end := newGate(m.begin), newGate(m.end)
	r := tensortest.Secure(tb, o, func(s *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		c := Config{Epochs: 1, BatchSize: batch, MeanSquare: 1, Optimizer: &SGD{LearningRate: .1, Momentum: .9, L2: .001}}
		model, y := NewLogisticRegression(s, features, m.sigmoid), s.Constant(data.y, 0)
		t, err := newTraining(s, model, in[0], y, c)
		if err != nil {
			return nil, err
		}
		t.guard = newNormGuard(s, model.Params(), m.count+1, c.rowNorm(batch, features))
		t.batch(rows, 1)
		s.Alarm(tensortest.Permit())
		m.before[s.Server()] = spent(s)
		begin.pass()
		for range m.count {
			t.batch(rows, 1)
		}
		m.after[s.Server()] = spent(s)
		end.pass()
		return nil, nil
	}, data.x)
	require.NoError(tb, r.Err)
}

func (m *measuredSteps) begin() {
	m.allocations = mallocs()
	if m.start != nil {
		m.start()
	}
}

func (m *measuredSteps) end() { m.allocations = mallocs() - m.allocations }

// rounds, bytes and allocs are per step, those of all servers together.
func (m *measuredSteps) rounds() float64 {
	most := 0
	for k := range 3 {
		most = max(most, m.after[k].rounds-m.before[k].rounds)
	}
	return float64(most) / float64(m.count)
}

func (m *measuredSteps) bytes() float64 {
	var sum int64
	for k := range 3 {
		sum += m.after[k].bytes - m.before[k].bytes
	}
	return float64(sum) / float64(m.count)
}

func (m *measuredSteps) allocs() float64 { return float64(m.allocations) / float64(m.count) }

func spent(s *tensor.Session) spending {
	rounds, bytes := s.Cost()
	return spending{rounds, bytes}
}

func mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

// gate is where three servers wait for one another. When all are there one thing
// is done.
type gate struct {
	waiting sync.WaitGroup
	open    chan struct{}
}

func newGate(then func()) *gate {
	g := &gate{open: make(chan struct{})}
	g.waiting.Add(3)
	go func() {
		g.waiting.Wait()
		then()
		close(g.open)
	}()
	return g
}

func (g *gate) pass() {
	g.waiting.Done()
	<-g.open
}

// The figures of a step: what all servers send, the rounds, and the allocations
// of all servers. Whoever changes bytes here has changed a protocol.
func TestFiguresOfAStep(t *testing.T) {
	for _, c := range []struct {
		sigmoid               string
		rounds, bytes         float64
		mostRounds, mostBytes float64
	}{
		{"minimax3", 10, 18296, 14, 25_000},
		{"minimax5", 11, 30072, 15, 45_000},
	} {
		t.Run(c.sigmoid, func(t *testing.T) {
			m := measureSteps(t, c.sigmoid, tensortest.Options{})
			require.InDelta(t, c.rounds, m.rounds(), .05)
			require.Equal(t, c.bytes, m.bytes())
			require.LessOrEqual(t, m.rounds(), c.mostRounds)
			require.LessOrEqual(t, m.bytes(), c.mostBytes)
			requireFewAllocs(t, m)
		})
	}
}

// Over a link that limits what a server sends, short vectors are cut in three,
// which costs lanes and no allocations to speak of.
func TestAllocsOfAStepOverALink(t *testing.T) {
	for _, sigmoid := range []string{"minimax3", "minimax5"} {
		for _, delay := range []float64{0, 20e-3} {
			m := measureSteps(t, sigmoid, tensortest.Options{Delay: delay, Bandwidth: 1e8 / 8})
			requireFewAllocs(t, m)
		}
	}
}

func measureSteps(t *testing.T, sigmoid string, o tensortest.Options) *measuredSteps {
	t.Helper()
	f, err := layers.NewSigmoid(sigmoid)
	require.NoError(t, err)
	m := &measuredSteps{count: 100, sigmoid: f}
	m.run(t, o)
	return m
}

func requireFewAllocs(t *testing.T, m *measuredSteps) {
	t.Helper()
	if !raceEnabled {
		require.Less(t, m.allocs(), 100.)
	}
}
