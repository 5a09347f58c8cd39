package main

import (
	"encoding/json"
	"math"
	"os"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/trefoil-ml/trefoil/parties"
)

// sameRun DIR DIR compares the results of two runs of one job that differ in
// nothing but roundings: what they took, but for time and memory, exactly; the
// weights, and the metrics in so far as they follow from them, within the bound of
// the roundings.
func sameRun(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: same-run DIR DIR")
	}
	var runs [2]ran
	for i, dir := range args {
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(dir+"/result.json")), &runs[i]))
		runs[i].Cost.TrainSeconds, runs[i].Cost.PeakMemoryBytes, runs[i].Cost.Network = 0, 0, nil
	}
	job, err := parties.LoadJob(ts.MkAbs(args[0] + "/job.json"))
	ts.Check(err)
	a, b := runs[0], runs[1]
	if a.Cost != b.Cost || a.Cost.Rounds == 0 {
		ts.Fatalf("got %+v and %+v, want the same", a.Cost, b.Cost)
	}
	weights, logit := roundingBound(job, a.Cost.Steps, len(a.Model.Standardised.Coefficients), a.Model.Standardised.largest())
	within := func(what string, a, b, bound float64) {
		if !(math.Abs(a-b) <= bound) {
			ts.Fatalf("%s: got %v and %v, want them within %v", what, a, b, bound)
		}
	}
	for j, w := range a.Model.Standardised.Coefficients {
		within("weight", w, b.Model.Standardised.Coefficients[j], weights)
	}
	within("intercept", a.Model.Standardised.Intercept, b.Model.Standardised.Intercept, weights)
	within("rows", a.Metrics.Test.Rows, b.Metrics.Test.Rows, 0)
	within("accuracy", a.Metrics.Test.Accuracy, b.Metrics.Test.Accuracy, 0) // no row is that near to 1/2
	within("AUC", a.Metrics.Test.AUC, b.Metrics.Test.AUC, 0)
	within("log-loss", a.Metrics.Test.LogLoss, b.Metrics.Test.LogLoss, logit)
}

// ran is what a result says of a run.
type ran struct {
	Cost    parties.Cost
	Model   struct{ Standardised linear }
	Metrics struct {
		Test struct {
			Rows, Accuracy, AUC float64
			LogLoss             float64 `json:"log_loss"`
		}
	}
}

type linear parties.Linear

func (l linear) largest() float64 {
	most := math.Abs(l.Intercept)
	for _, w := range l.Coefficients {
		most = max(most, math.Abs(w))
	}
	return most
}

// roundingBound is how far the weights of two trainings may be apart, and the logit
// of a row, if each operation rounds to a neighbour at a distance below u = 2^-f. A
// feature of n standardised rows is at most √(n-1), so that with r = 1 + d·√(n-1)
//
//	logit    ≤ r·weights + d·largest weight·2u + u   (the features are rounded too)
//	residual ≤ slope·logit + 4u                      (pieces of the sigmoid)
//	gradient ≤ (r·residual + 2u) + l2·weights + u
//	velocity ≤ momentum·velocity + rate·gradient + 2u
//	weights  ≤ weights + velocity + u
//
// for one run against the exact one, and twice that for two. The slope of the
// sigmoid with five pieces is below 0.28.
func roundingBound(job *parties.Job, steps, d int, largest float64) (weights, logit float64) {
	const rows, slope = 6, 0.28 // of the jobs that are compared
	u, t := math.Ldexp(1, -job.Number.FractionBits), job.Train
	r := 1 + float64(d)*math.Sqrt(rows-1)
	velocity := 0.0
	far := func() float64 { return r*weights + float64(d)*largest*2*u + u }
	for range steps {
		residual := slope*far() + 4*u
		gradient := r*residual + 2*u + t.L2*weights + u
		velocity = t.Momentum*velocity + t.LearningRate*gradient + 2*u
		weights += velocity + u
	}
	return 2 * weights, 2 * far()
}

// empty DIR checks that a folder has nothing in it.
func empty(ts *testscript.TestScript, neg bool, args []string) {
	list, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if neg || len(list) > 0 {
		ts.Fatalf("%s holds %v", args[0], list)
	}
}

// appendLine FILE LINE adds a line to a file.
func appendLine(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: append FILE LINE")
	}
	text := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text+args[1]+"\n"), 0o600))
}
