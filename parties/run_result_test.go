package parties

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// The JSON object has every field that users of `run --json` rely on.
func TestResultHasTheAgreedFields(t *testing.T) {
	on(t, func(t *testing.T, engine string) {
		j := twoOwners(t)
		j.Name = "wdbc"
		text, err := json.Marshal(runJob(t, j, engine))
		require.NoError(t, err)
		var r struct {
			Job, Engine string
			Metrics     struct {
				Test   map[string]float64
				Owners map[string]map[string]map[string]float64
			}
			Model map[string]any
			Cost  map[string]any
		}
		require.NoError(t, json.Unmarshal(text, &r))
		require.Equal(t, "wdbc", r.Job)
		require.Equal(t, engine, r.Engine)
		for _, field := range []string{"accuracy", "auc", "log_loss"} {
			require.Contains(t, r.Metrics.Test, field)
			for _, owner := range []string{"north", "south"} {
				require.Contains(t, r.Metrics.Owners[owner]["joint"], field)
				require.Contains(t, r.Metrics.Owners[owner]["alone"], field)
			}
		}
		require.Equal(t, "logistic_regression", r.Model["kind"])
		require.Equal(t, []any{"age", "income", "score"}, r.Model["features"])
		require.Len(t, r.Model["coefficients"], 3)
		require.IsType(t, 0.1, r.Model["intercept"])
		require.Equal(t, 15., r.Cost["steps"])
		require.Positive(t, r.Cost["train_seconds"])
		require.Positive(t, r.Cost["peak_memory_bytes"])
		if sent := r.Cost["bytes_sent"].([]any); engine == EngineSecure {
			require.Positive(t, r.Cost["rounds"])
			require.Positive(t, sent[0].(float64)*sent[1].(float64)*sent[2].(float64))
		} else {
			require.Equal(t, []any{0., 0., 0.}, sent)
		}
	})
}

// Progress: one event a step and an epoch, in order, with what has been sent so
// far; none after the run.
func TestEvents(t *testing.T) {
	on(t, func(t *testing.T, engine string) {
		var events []Event
		ended := false
		r, err := Local(t.Context(), twoOwners(t), Options{Engine: engine, OnEvent: func(e Event) {
			require.False(t, ended)
			events = append(events, e)
		}})
		ended = true
		require.NoError(t, err)
		require.Equal(t, Event{Kind: EventPhase, Phase: "training", Steps: 15, Epochs: 3}, events[0])
		var steps, epochs int
		last := Event{}
		for _, e := range events[1:] {
			require.Equal(t, []int{15, 3}, []int{e.Steps, e.Epochs})
			require.GreaterOrEqual(t, e.Rounds, last.Rounds)
			for k := range e.BytesSent {
				require.GreaterOrEqual(t, e.BytesSent[k], last.BytesSent[k])
			}
			require.GreaterOrEqual(t, e.Elapsed, last.Elapsed)
			switch e.Kind {
			case EventStep:
				steps++
				require.Equal(t, steps, e.Step)
			case EventEpoch:
				epochs++
				require.Equal(t, []int{epochs, 5 * epochs}, []int{e.Epoch, e.Step})
			default:
				t.Fatalf("unexpected event %+v", e)
			}
			last = e
		}
		require.Equal(t, []int{15, 3}, []int{steps, epochs})
		require.GreaterOrEqual(t, r.Cost.Rounds, last.Rounds)
	})
}

// The same job gives the same costs, and its hash.
func TestCostsAreRepeatable(t *testing.T) {
	j := twoOwners(t)
	first, second := runJob(t, j, EngineSecure), runJob(t, j, EngineSecure)
	require.Equal(t, first.Cost.Rounds, second.Cost.Rounds)
	require.Equal(t, first.Cost.BytesSent, second.Cost.BytesSent)
	require.Equal(t, first.Cost.Steps, second.Cost.Steps)
	require.Equal(t, first.JobHash, second.JobHash)
	require.NotEqual(t, first.Model.Coefficients, second.Model.Coefficients, "roundings are fresh in every run")
}
