package parties

import (
	"encoding/json"

	"github.com/trefoil-ml/trefoil/train/metrics"
)

// Score is the quality of one model on one set of rows. What a model predicts
// says which of its parts there are, and its JSON form has those alone: of 0 and
// 1 that of [metrics.Binary], of classes [metrics.Classes], of numbers
// [metrics.Regression].
type Score struct {
	Rows     int
	Accuracy float64  // of 0 and 1, and of classes
	AUC      *float64 // of 0 and 1
	LogLoss  float64  // of 0 and 1, and of classes
	Brier    *float64 // of 0 and 1, where it was counted

	Confusion [][]int             // of classes: rows by class and predicted class
	Numbers   *metrics.Regression // of numbers
}

// MarshalJSON writes the parts that there are.
func (s Score) MarshalJSON() ([]byte, error) {
	switch {
	case s.Numbers != nil:
		return json.Marshal(s.Numbers)
	case s.Confusion != nil:
		return json.Marshal(metrics.Classes{Rows: s.Rows, Accuracy: s.Accuracy, LogLoss: s.LogLoss, Confusion: s.Confusion})
	}
	return json.Marshal(metrics.Binary{Rows: s.Rows, Accuracy: s.Accuracy, AUC: s.AUC, LogLoss: s.LogLoss, Brier: s.Brier})
}

func binaryScore(m metrics.Binary) *Score {
	return &Score{Rows: m.Rows, Accuracy: m.Accuracy, AUC: m.AUC, LogLoss: m.LogLoss, Brier: m.Brier}
}

func classScore(m metrics.Classes) *Score {
	return &Score{Rows: m.Rows, Accuracy: m.Accuracy, LogLoss: m.LogLoss, Confusion: m.Confusion}
}

func numberScore(m metrics.Regression) *Score { return &Score{Rows: m.Rows, Numbers: &m} }
