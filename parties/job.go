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
	Layers   Layers   `json:"layers,omitempty"` // of a network
	Loss     string   `json:"loss,omitempty"`   // of a network
	Start    *Start   `json:"start,omitempty"`  // a model to go on from
	Train    Train    `json:"train"`
	Number   Number   `json:"number"`
	Security string   `json:"security"`
	Reveal   []Reveal `json:"reveal"`

	// Servers are the three servers of a consortium. Without them a job can only be
	// run in one process.
	Servers []Server `json:"servers,omitempty"`

	// Dir is the folder that relative file names start from: the job file's.
	// It is no part of the agreed job.
	Dir string `json:"-"`

	src    *source // where each value stood in the job file; nil for a job made in Go
	agreed bool    // as others have sent it: it is no reason to look at files of this machine
}

// Data says which rows are used and how they are prepared.
type Data struct {
	Dataset        string                `json:"dataset,omitempty"` // a set of images, instead of tables
	Folder         string                `json:"path,omitempty"`    // where it is
	Shape          []int                 `json:"shape,omitempty"`   // of an image: channels, height, width
	Classes        int                   `json:"classes,omitempty"` // targets are 0 to Classes-1
	Target         string                `json:"target"`
	Features       []string              `json:"features,omitempty"` // the other columns, if the job fixes them
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
	Key          string  `json:"key,omitempty"` // public key, in a job with servers
	File         string  `json:"file,omitempty"`
	Test         string  `json:"test,omitempty"`
	TestFraction float64 `json:"test_fraction,omitempty"`
	Share        float64 `json:"share,omitempty"` // of the images of a set, beside those of the others
}

// TestFile is a test set that is shared by all.
type TestFile struct {
	File string `json:"file"`
}

// Server is one of the three servers of a consortium.
type Server struct {
	ID      int    `json:"id"`      // 0, 1, 2 in this order
	Address string `json:"address"` // host:port
	Key     string `json:"key"`     // public key
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
	Sigmoid      Sigmoid `json:"sigmoid,omitempty"` // of logistic regression

	Optimizer *Optimizer `json:"optimizer,omitempty"` // nil: SGD as above
	Schedule  *Schedule  `json:"schedule,omitempty"`  // of the learning rate; nil: constant
	Clip      float64    `json:"clip,omitempty"`      // bound of every element of a gradient; 0: none
	EarlyStop *EarlyStop `json:"early_stop,omitempty"`
}

// Number says how real numbers are held in the ring.
type Number struct {
	FractionBits int      `json:"fraction_bits"`
	Rounding     Rounding `json:"rounding"`

	// SignFractionBits are the fraction bits that ReLU and pooling look at for a
	// sign; 0: all.
	SignFractionBits int `json:"sign_fraction_bits,omitempty"`
}

// defaultDecay is train.l2 of a job that does not name it.
const defaultDecay = .001

// NewJob returns a job with every default of the job file. A name, a target and
// owners are still to be filled in, then Check completes it.
func NewJob() *Job {
	return &Job{
		Version:  1,
		Data:     Data{Standardise: StandardiseJoint},
		Model:    LogisticRegression,
		Security: SemiHonest,
		Train: Train{
			Epochs: 10, Batch: 128, LearningRate: 0.1, Momentum: 0.9, L2: defaultDecay,
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

// Networked tells whether the job names its servers, and so can be run by a
// consortium.
func (j *Job) Networked() bool { return j.Servers != nil }

// OwnerNames lists the owners in the order of the job.
func (j *Job) OwnerNames() []string {
	names := make([]string, len(j.Data.Owners))
	for i, o := range j.Data.Owners {
		names[i] = o.Name
	}
	return names
}
