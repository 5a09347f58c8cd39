package main

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/trefoil-ml/trefoil/parties"
)

func sampleEvents() []parties.Event {
	events := []parties.Event{{Kind: parties.EventPhase, Phase: "sharing"}}
	for epoch := 1; epoch <= 2; epoch++ {
		for step := 1; step <= 3; step++ {
			n := 3*(epoch-1) + step
			events = append(events, parties.Event{
				Kind: parties.EventStep, Epoch: epoch, Epochs: 2, Step: n, Steps: 6, Rounds: 14 * n,
				BytesSent: [3]int64{12_000 * int64(n), 12_000 * int64(n), 12_500 * int64(n)},
				Elapsed:   time.Duration(n) * 7 * time.Millisecond,
			})
		}
		last := events[len(events)-1]
		last.Kind = parties.EventEpoch
		events = append(events, last)
	}
	return append(events, parties.Event{Kind: parties.EventWarning, Message: "feature sex is constant"})
}

func sampleResult(job *parties.Job, opt parties.Options) *parties.Result {
	hash := job.Hash()
	r := &parties.Result{
		Job: job.Name, JobHash: hex.EncodeToString(hash[:]), Engine: opt.Engine,
		Metrics:  parties.Metrics{Test: score(179, 0.8212, 0.899, 0.4034), Owners: map[string]parties.OwnerMetrics{}},
		Model:    sampleModel(3),
		Cost:     parties.Cost{TrainSeconds: 0.042, Steps: 6, Rounds: 84, BytesSent: [3]int64{72_000, 72_000, 75_000}, PeakMemoryBytes: 36_700_000},
		Warnings: []string{"feature sex is constant"},
	}
	for epoch := range 2 {
		r.Audit = append(r.Audit, parties.AuditEntry{Seq: epoch, What: parties.RevealOverflow, To: parties.Everyone(), Values: 1})
	}
	r.Audit = append(r.Audit, parties.AuditEntry{Seq: 2, What: parties.RevealModel, To: job.Audience(parties.RevealModel), Values: 4})
	for i, name := range job.OwnerNames() {
		m := parties.OwnerMetrics{Joint: score(60+i, 0.8333, 0.912, 0.4), Alone: score(60+i, 0.75, 0.85, 0.5123)}
		if i == 1 {
			m.Alone.AUC = nil
		}
		r.Metrics.Owners[name] = m
	}
	return r
}

func score(rows int, accuracy, auc, logLoss float64) *parties.Score {
	return &parties.Score{Rows: rows, Accuracy: accuracy, AUC: &auc, LogLoss: logLoss}
}

func sampleModel(features int) *parties.Model {
	m := &parties.Model{
		Kind: parties.LogisticRegression, Target: "disease", Intercept: -4.25,
		Standardised: &parties.Linear{Intercept: 0.5},
	}
	for i := range features {
		m.Features = append(m.Features, fmt.Sprintf("feature_%02d", i))
		m.Coefficients = append(m.Coefficients, 0.001*float64(i)-0.5)
		m.Standardised.Coefficients = append(m.Standardised.Coefficients, 12.5*float64(i)-1)
	}
	return m
}
