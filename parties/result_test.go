package parties

import (
	"encoding/json"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// sample is a result as a run of the smallest job might give it.
func sample() *Result {
	auc := 0.75
	return &Result{
		Job: "wdbc", JobHash: "ab", Engine: EngineSecure,
		Metrics: Metrics{
			Test: &Score{Rows: 10, Accuracy: 0.9, AUC: &auc, LogLoss: 0.25},
			Owners: map[string]OwnerMetrics{
				"north": {Joint: &Score{Rows: 4, Accuracy: 1, LogLoss: 0.5}, Alone: &Score{Rows: 4}},
				"south": {},
			},
		},
		Model: &Model{
			Kind: LogisticRegression, Target: "target", Features: []string{"a", "b"},
			Coefficients: []float64{0.5, -1}, Intercept: 0.1,
			Standardiser: &Standardiser{Mean: []float64{1, 2}, Scale: []float64{2, 4}},
			Standardised: &Linear{Coefficients: []float64{1, -4}, Intercept: -1.4},
		},
		Cost:     Cost{TrainSeconds: 0.5, Steps: 40, Rounds: 600, BytesSent: [3]int64{1, 2, 3}, PeakMemoryBytes: 7},
		Warnings: []string{"careful"},
		Audit:    []AuditEntry{{Seq: 0, What: RevealModel, To: Audience{"north"}, Step: "final", Values: 3, Round: 599}},
	}
}

const sampleJSON = `{
  "job": "wdbc", "job_hash": "ab", "engine": "rss3",
  "metrics": {
    "test": {"rows": 10, "accuracy": 0.9, "auc": 0.75, "log_loss": 0.25},
    "owners": {
      "north": {
        "joint": {"rows": 4, "accuracy": 1, "auc": null, "log_loss": 0.5},
        "alone": {"rows": 4, "accuracy": 0, "auc": null, "log_loss": 0}
      },
      "south": {"joint": null, "alone": null}
    }
  },
  "model": {
    "kind": "logistic_regression", "target": "target", "features": ["a", "b"],
    "coefficients": [0.5, -1], "intercept": 0.1,
    "standardiser": {"mean": [1, 2], "scale": [2, 4]},
    "standardised": {"coefficients": [1, -4], "intercept": -1.4}
  },
  "cost": {"train_seconds": 0.5, "steps": 40, "rounds": 600, "bytes_sent": [1, 2, 3], "peak_memory_bytes": 7},
  "warnings": ["careful"],
  "audit": [{"seq": 0, "what": "model/final", "to": ["north"], "step": "final", "values": 3, "round": 599}]
}`

func TestResultJSON(t *testing.T) {
	b, err := json.Marshal(sample())
	require.NoError(t, err)
	require.JSONEq(t, sampleJSON, string(b))
}

// A run without test rows, warnings and a revealed model still gives lists and
// objects where a reader expects them.
func TestEmptyResultJSON(t *testing.T) {
	b, err := json.Marshal(&Result{})
	require.NoError(t, err)
	require.JSONEq(t, `{"job": "", "job_hash": "", "engine": "", "metrics": {"test": null, "owners": {}}, "model": null,
		"cost": {"train_seconds": 0, "steps": 0, "rounds": 0, "bytes_sent": [0, 0, 0], "peak_memory_bytes": 0},
		"warnings": [], "audit": []}`, string(b))
}

func TestPeakMemory(t *testing.T) {
	kb, ok := peakKB("Name:\tx\nVmHWM:\t   12345 kB\nVmRSS:\t 1 kB\n")
	require.True(t, ok)
	require.EqualValues(t, 12345, kb)
	_, ok = peakKB("Name:\tx\n")
	require.False(t, ok)

	before := PeakMemory()
	block := make([]byte, 64<<20)
	for i := range block {
		block[i] = 1
	}
	require.GreaterOrEqual(t, PeakMemory(), before)
	require.Greater(t, PeakMemory(), int64(64<<20))
	runtime.KeepAlive(block)
}
