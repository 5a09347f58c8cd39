package parties

import (
	"fmt"
	"math"
	"slices"
)

// Fraction bits that a job may ask for. Below 8 a weight is held to steps of
// 1/256 and coarser, which training does not survive; above 20 the products of
// three scaled factors leave too few of the ring's 64 bits for the values.
const (
	MinFractionBits = 8
	MaxFractionBits = 18
)

// Check validates the job and completes its reveal list with what the protocol
// has to open. The first mistake is returned, as a *JobError.
func (j *Job) Check() error {
	checks := []func() *JobError{
		j.checkHead, j.checkWords, j.complete, j.checkTarget, j.checkFeatures, j.checkOwners, j.checkTest, j.checkDataset, j.checkRanges,
		j.checkModel, j.checkSteps, j.checkRates, j.checkTrain, j.checkNumber, j.checkReveals, j.checkStartReveal, j.checkServers, j.checkTrainable,
	}
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	j.Reveal = j.reveals()
	return nil
}

// CheckRows tells whether n rows are enough: early stopping keeps some out of
// training, and leaves some in.
func (j *Job) CheckRows(n int) error {
	if j.Train.EarlyStop == nil {
		return nil
	}
	if in, out := j.heldOut(n); len(in) == 0 || len(out) == 0 {
		return j.ErrorAt("train.early_stop", "train.early_stop.fraction of %d rows is %d, want at least one on either side", n, len(out))
	}
	return nil
}

func (j *Job) checkHead() *JobError {
	if j.Version != 1 {
		return j.ErrorAt("version", "version is %d, want 1", j.Version)
	}
	if j.Name == "" {
		return j.ErrorAt("name", "name is missing").withHint("add a line such as name: heart")
	}
	if !safeName(j.Name, " ") {
		return j.ErrorAt("name", "name is %q, want letters, digits, spaces, '-', '_' and '.', 64 at most", j.Name)
	}
	return nil
}

// checkWords checks every key that takes one of a few words.
func (j *Job) checkWords() *JobError {
	keys := []struct{ path, got string }{
		{"model", j.Model},
		{"security", j.Security},
		{"data.standardise", string(j.Data.Standardise)},
		{"train.sigmoid", string(j.Train.Sigmoid)},
		{"number.rounding", string(j.Number.Rounding)},
	}
	for _, k := range keys {
		if k.path == "train.sigmoid" && j.Model != LogisticRegression {
			continue // complete says so if it is given
		}
		if err := j.checkWord(k.path, k.got); err != nil {
			return err
		}
	}
	return nil
}

func (j *Job) checkWord(path, got string) *JobError {
	if slices.Contains(words(path), got) {
		return nil
	}
	if hint := reserved(path + ":" + got); hint != "" {
		return j.ErrorAt(path, "%s: %s is not in this version", path, got).withHint("%s", hint)
	}
	return j.ErrorAt(path, "%s is %q, which is unknown", path, got).withHint("%s", suggest(got, words(path)))
}

func (j *Job) checkSteps() *JobError {
	if j.Train.Epochs < 1 {
		return j.ErrorAt("train.epochs", "train.epochs is %d, want 1 or more", j.Train.Epochs)
	}
	if j.Train.Batch < 1 {
		return j.ErrorAt("train.batch", "train.batch is %d, want 1 or more rows", j.Train.Batch)
	}
	return nil
}

func (j *Job) checkRates() *JobError {
	t := j.Train
	if path := j.ratePath("learning_rate"); !finite(t.LearningRate) || t.LearningRate <= 0 {
		return j.ErrorAt(path, "%s is %v, want a number above 0", path, t.LearningRate)
	}
	if path := j.ratePath("momentum"); !(t.Momentum >= 0 && t.Momentum < 1) {
		return j.ErrorAt(path, "%s is %v, want 0 or more and less than 1", path, t.Momentum)
	}
	if !finite(t.L2) || t.L2 < 0 {
		return j.ErrorAt("train.l2", "train.l2 is %v, want 0 or more", t.L2)
	}
	if p := t.LearningRate * t.L2; !(p < 1) {
		e := j.ErrorAt("train.l2", "train.learning_rate times train.l2 is %.4g, want less than 1", p)
		return e.withHint("each step shrinks the weights by that part of themselves; 0.1 and 0.001 are usual")
	}
	return nil
}

func (j *Job) checkNumber() *JobError {
	f := j.Number.FractionBits
	if f >= MinFractionBits && f <= MaxFractionBits {
		return j.checkSigns()
	}
	hint := fmt.Sprintf("fewer than %d bits are too coarse to train with", MinFractionBits)
	if f > MaxFractionBits {
		hint = fmt.Sprintf("with more than %d bits the products leave the 64-bit ring", MaxFractionBits)
	}
	e := j.ErrorAt("number.fraction_bits", "number.fraction_bits is %d, want %d to %d", f, MinFractionBits, MaxFractionBits)
	return e.withHint("%s; 16 is usual", hint)
}

// minSignBits is the least number of fraction bits of a sign: numbers of 1/16 are
// told apart.
const minSignBits = 4

func (j *Job) checkSigns() *JobError {
	const path = "number.sign_fraction_bits"
	n := &j.Number
	switch b := n.SignFractionBits; {
	case b == 0 && !j.given(path):
		return nil
	case b < minSignBits || b > n.FractionBits:
		return j.ErrorAt(path, "%s is %d, want %d to number.fraction_bits, %d", path, b, minSignBits, n.FractionBits)
	case len(j.Layers) == 0:
		return j.ErrorAt(path, "%s is for networks: %s has no ReLU and no pooling", path, j.Model).withHint("leave it out")
	case b == n.FractionBits:
		n.SignFractionBits = 0 // which is the same
	case n.Rounding == ExactRounding:
		return j.ErrorAt(path, "%s is less than all, but number.rounding is exact", path).withHint("leave one of them out")
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
