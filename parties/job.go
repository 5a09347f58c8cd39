package parties

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"
)

// Job is an agreed piece of work: whose data, which model, how it is trained
// and what is opened to whom. LoadJob reads one from a file, with every default
// filled in; NewJob starts one in Go.
//
// The JSON names are the keys of the job file.
type Job struct {
	Version  int      `json:"version"`
	Name     string   `json:"name"`
	Data     Data     `json:"data"`
	Model    string   `json:"model"`
	Train    Train    `json:"train"`
	Number   Number   `json:"number"`
	Security string   `json:"security"`
	Reveal   []Reveal `json:"reveal"`

	// Dir is the folder that relative file names start from: the job file's.
	// It is no part of the agreed job.
	Dir string `json:"-"`

	src *source // where each value stood in the job file; nil for a job made in Go
}

// Data says which rows are used and how they are prepared.
type Data struct {
	Target         string                `json:"target"`
	Owners         []Owner               `json:"owners"`
	Test           *TestFile             `json:"test,omitempty"`
	Standardise    Standardise           `json:"standardise"`
	Ranges         map[string][2]float64 `json:"ranges,omitempty"` // minimum and maximum by feature
	SiteIntercepts bool                  `json:"site_intercepts"`
}

// Owner is one data owner: its training rows, and its own test rows as a second
// file or as a fraction of the first (at most one of the two).
type Owner struct {
	Name         string  `json:"name"`
	File         string  `json:"file"`
	Test         string  `json:"test,omitempty"`
	TestFraction float64 `json:"test_fraction,omitempty"`
}

// TestFile is a test set that is shared by all.
type TestFile struct {
	File string `json:"file"`
}

// Train holds the settings of mini-batch gradient descent with momentum.
type Train struct {
	Epochs       int     `json:"epochs"`
	Batch        int     `json:"batch"`
	LearningRate float64 `json:"learning_rate"`
	Momentum     float64 `json:"momentum"`
	L2           float64 `json:"l2"`
	Seed         uint64  `json:"seed"`
	Shuffle      bool    `json:"shuffle"`
	Sigmoid      Sigmoid `json:"sigmoid"`
}

// Number says how real numbers are held in the ring.
type Number struct {
	FractionBits int      `json:"fraction_bits"`
	Rounding     Rounding `json:"rounding"`
}

// NewJob returns a job with every default of the job file. A name, a target and
// owners are still to be filled in, then Check completes it.
func NewJob() *Job {
	return &Job{
		Version:  1,
		Data:     Data{Standardise: StandardiseJoint},
		Model:    LogisticRegression,
		Security: SemiHonest,
		Train: Train{
			Epochs: 10, Batch: 128, LearningRate: 0.1, Momentum: 0.9, L2: 0.001,
			Seed: 1, Shuffle: true, Sigmoid: Minimax5,
		},
		Number: Number{FractionBits: 16, Rounding: Stochastic},
	}
}

// Canonical returns the bytes that all sides agree on: the checked job as
// indented JSON, keys in the order of the types, every default written out. It
// is itself a job file that loads to the same bytes.
func (j *Job) Canonical() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(j); err != nil {
		// Only NaN and Inf cannot be written, and Check refuses both.
		panic(fmt.Sprintf("parties: canonical bytes of an unchecked job: %v", err))
	}
	return b.Bytes()
}

// Hash is the SHA-256 of Canonical. It names the job towards servers and owners.
func (j *Job) Hash() [32]byte { return sha256.Sum256(j.Canonical()) }

// Path returns where a file named in the job lies.
func (j *Job) Path(file string) string {
	file = filepath.FromSlash(file)
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(j.Dir, file)
}

// OwnerNames lists the owners in the order of the job.
func (j *Job) OwnerNames() []string {
	names := make([]string, len(j.Data.Owners))
	for i, o := range j.Data.Owners {
		names[i] = o.Name
	}
	return names
}
