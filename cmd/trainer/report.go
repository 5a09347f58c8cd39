package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/parties"
)

// intro is said before the run: what will happen and who will hear what.
func intro(job *parties.Job, engine string, link *parties.Link) string {
	opens := "this run opens"
	if engine == parties.EngineClear {
		opens = "with three servers, this job would open"
	}
	lines := append([]string{title(job), engineWords(engine) + over(link), opens}, indented(job.Explain())...)
	return strings.Join(lines, "\n") + "\n"
}

func title(job *parties.Job) string {
	return fmt.Sprintf("%s: %s of %s", job.Name, strings.ReplaceAll(job.Model, "_", " "),
		count(len(job.Data.Owners), "owner"))
}

func engineWords(engine string) string {
	switch engine {
	case parties.EngineClear:
		return "computed in the clear, to compare with: nothing here is protected"
	case "processes":
		return "three servers in processes of this machine, which sees all rows: to measure"
	}
	return "three servers in this process, which sees all rows: to try out and to measure"
}

// over says what network is emulated, if one is.
func over(link *parties.Link) string {
	if link == nil {
		return ""
	}
	return ", over an emulated link of " + link.String()
}

func indented(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = "  " + line
	}
	return out
}

// opened says who got what, as the audit log has it.
func opened(job *parties.Job, r *parties.Result) string {
	lines := []string{title(job) + ", engine " + r.Engine, "who got what"}
	for _, reveal := range job.Reveal {
		lines = append(lines, "  "+job.ExplainReveal(reveal)+values(reveal.What, r.Audit))
	}
	return strings.Join(lines, "\n") + "\n"
}

// values counts what was opened under one name.
func values(what string, audit []parties.AuditEntry) string {
	if len(audit) == 0 {
		return ""
	}
	n := 0
	for _, entry := range audit {
		if entry.What == what {
			n += entry.Values
		}
	}
	if n == 0 {
		return " (not opened)"
	}
	return " (" + count(n, "value") + ")"
}

// quality compares the joint model with what each owner could do alone.
func quality(job *parties.Job, r *parties.Result) string {
	if text := qualityOfOthers(job, r); text != "" {
		return text
	}
	t := table{{"", "", "joint", "", "", "alone", "", ""}}
	t = append(t, []string{"test rows of", "rows", "accuracy", "AUC", "log-loss", "accuracy", "AUC", "log-loss"})
	for _, owner := range job.OwnerNames() {
		if m := r.Metrics.Owners[owner]; m.Joint != nil || m.Alone != nil {
			t = append(t, row(owner, m.Joint, m.Alone))
		}
	}
	if r.Metrics.Test != nil {
		t = append(t, row("all", r.Metrics.Test, nil))
	}
	if len(t) == 2 {
		return unmeasured(job)
	}
	return "quality of the joint model, and of each owner's model from its own rows alone\n" + t.String()
}

func unmeasured(job *parties.Job) string {
	if job.Audience(parties.RevealMetrics) == nil {
		return "quality: the job does not reveal metrics/test\n"
	}
	return "quality: not measured, there are no test rows\n" +
		"  to have some, give data.test a file, or an owner test or test_fraction\n"
}

func row(name string, joint, alone *parties.Score) []string {
	rows := "-"
	for _, s := range []*parties.Score{joint, alone} {
		if s != nil {
			rows = fmt.Sprint(s.Rows)
		}
	}
	return append(append([]string{name, rows}, cells(joint)...), cells(alone)...)
}

// cells are accuracy, AUC and log-loss; "-" is one that does not exist.
func cells(s *parties.Score) []string {
	if s == nil {
		return []string{"-", "-", "-"}
	}
	auc := "-"
	if s.AUC != nil {
		auc = fmt.Sprintf("%.3f", *s.AUC)
	}
	return []string{fmt.Sprintf("%.3f", s.Accuracy), auc, fmt.Sprintf("%.3f", s.LogLoss)}
}

func warnings(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "warnings\n  " + strings.Join(list, "\n  ") + "\n"
}

func whereItIs(out string) string {
	if out == "" {
		return "nothing was written; --out DIR keeps the model and the rest\n"
	}
	return fmt.Sprintf("written to %s: result.json, model.json, metrics.json, job.json, audit.jsonl\n", out)
}

func cost(c parties.Cost) string {
	parts := []string{fmt.Sprintf("%.2f s of training%s", c.TrainSeconds, over(c.Link)), count(c.Steps, "step")}
	if c.Network != nil {
		parts = append(parts, "links of "+c.Network.String())
	}
	if c.Rounds > 0 {
		parts = append(parts, count(c.Rounds, "round"), sent(c.BytesSent)+" sent by each server")
	}
	parts = append(parts, megabytes(c.PeakMemoryBytes)+" of memory at most")
	return "cost: " + strings.Join(parts, ", ") + "\n"
}

// sent is what the busiest server sent, or the span if they differ visibly.
func sent(bytes [3]int64) string {
	least, most := megabytes(slices.Min(bytes[:])), megabytes(slices.Max(bytes[:]))
	if least == most {
		return most
	}
	return least + " to " + most
}

func megabytes(n int64) string {
	if n < 10_000_000 {
		return fmt.Sprintf("%.2f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.0f MB", float64(n)/1e6)
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
