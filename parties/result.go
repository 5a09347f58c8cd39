package parties

import (
	"encoding/json"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
)

// Result is what a run gives: how good the model is, the model, and what it
// cost. Its JSON form is the object of `trainer run --json`.
type Result struct {
	Job      string       `json:"job"`      // name of the job
	JobHash  string       `json:"job_hash"` // SHA-256 of the agreed job, hexadecimal
	Engine   string       `json:"engine"`
	Metrics  Metrics      `json:"metrics"`
	Model    *Model       `json:"model"` // nil if the job does not reveal it
	Cost     Cost         `json:"cost"`
	Warnings []string     `json:"warnings"`
	Audit    []AuditEntry `json:"audit"` // every opening, in order
}

// MarshalJSON writes empty lists and objects as such, not as null.
func (r *Result) MarshalJSON() ([]byte, error) {
	type plain Result // without this method
	full := plain(*r)
	if full.Metrics.Owners == nil {
		full.Metrics.Owners = map[string]OwnerMetrics{}
	}
	if full.Warnings == nil {
		full.Warnings = []string{}
	}
	if full.Audit == nil {
		full.Audit = []AuditEntry{}
	}
	return json.Marshal(full)
}

// Metrics holds the quality of the joint model, and next to it of the model
// that each owner would have got from its own rows alone.
type Metrics struct {
	Test   *Score                  `json:"test"` // on the test rows of all; nil without any
	Owners map[string]OwnerMetrics `json:"owners"`
}

// OwnerMetrics compares two models on one owner's own test rows. Both are nil
// if it has none, or does not get the model.
type OwnerMetrics struct {
	Joint *Score `json:"joint"`
	Alone *Score `json:"alone"`
}

// Model is a trained model. A logistic regression is in the original units of the
// features:
//
//	P(target = 1) = 1 / (1 + exp(-(intercept + site + Σ_j coefficients[j]·x[j])))
//
// A linear regression is the inner sum, in the unit of the target. Every other is
// a Network.
//
// where site is the site intercept of the row's owner, 0 if there is none.
type Model struct {
	Kind           string             `json:"kind"`
	Target         string             `json:"target"`
	Features       []string           `json:"features"`
	Coefficients   []float64          `json:"coefficients"`
	Intercept      float64            `json:"intercept"`
	SiteIntercepts map[string]float64 `json:"site_intercepts,omitempty"`
	Standardiser   *Standardiser      `json:"standardiser,omitempty"`
	Standardised   *Linear            `json:"standardised,omitempty"`
	Unit           *TargetUnit        `json:"target_unit,omitempty"` // of linear regression

	// What a model made of layers has instead of coefficients. Its rows are the
	// standardised features, with a column for each site behind them, or the pixels
	// as Pixel says.
	Network *blueprint.Network `json:"-"`
	Classes int                `json:"-"`
	Sites   []string           `json:"-"`
	Pixel   *datasets.Pixel    `json:"-"`
}

// TargetUnit says how a target that is a number was scaled for training: (y - mean)/scale.
type TargetUnit struct {
	Mean  float64 `json:"mean"`
	Scale float64 `json:"scale"`
}

// Standardiser says how features were scaled for training: (x - mean)/scale.
type Standardiser struct {
	Mean  []float64 `json:"mean"`
	Scale []float64 `json:"scale"`
}

// Linear holds coefficients and intercept for standardised features, as trained.
type Linear struct {
	Coefficients []float64 `json:"coefficients"`
	Intercept    float64   `json:"intercept"`
}

// Cost is what training took.
type Cost struct {
	TrainSeconds    float64  `json:"train_seconds"`
	Link            *Link    `json:"link,omitempty"`    // the emulated one; nil if none
	Network         *Network `json:"network,omitempty"` // as measured before training; nil in one process
	Steps           int      `json:"steps"`
	Rounds          int      `json:"rounds"`     // longest chain of messages, as really sent
	BytesSent       [3]int64 `json:"bytes_sent"` // payload sent by each server
	PeakMemoryBytes int64    `json:"peak_memory_bytes"`
}

// AuditEntry is one opening: what of the reveal list, to whom, and where in the
// run. It holds how many values were opened, never the values.
type AuditEntry struct {
	Seq    int      `json:"seq"`
	What   string   `json:"what"`
	To     Audience `json:"to"`
	Step   string   `json:"step"` // path of the step that opened it
	Values int      `json:"values"`
	Round  int      `json:"round"` // length of the chain of messages up to it
}
