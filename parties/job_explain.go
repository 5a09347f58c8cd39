package parties

import (
	"fmt"
	"strings"
)

// Explain says in plain words, one line each, what a checked job opens to whom.
func (j *Job) Explain() []string {
	var lines []string
	for _, r := range j.Reveal {
		lines = append(lines, j.ExplainReveal(r))
		if r.What == RevealStandardiser && len(j.Data.Owners) == 2 {
			lines = append(lines, "with two owners, each can work out the other's mean and deviation from it")
		}
	}
	lines = append(lines,
		"nothing else is opened: rows, and all that is computed from them, stay secret-shared",
		"known to all beforehand: this job, the column names, how many rows each owner has")
	return lines
}

// ExplainReveal says in plain words what one line of the reveal list opens.
func (j *Job) ExplainReveal(r Reveal) string {
	return fmt.Sprintf("%s: %s, to %s", r.What, meaning(r.What), j.listeners(r.To))
}

// Warnings lists what is allowed but probably not meant.
func (j *Job) Warnings() []string {
	var w []string
	if len(j.Data.Owners) == 1 {
		w = append(w, "only one owner: there is nobody to keep its rows secret from")
	}
	files := map[string]string{}
	for _, o := range j.Data.Owners {
		if other, same := files[j.Path(o.File)]; same {
			w = append(w, fmt.Sprintf("owners %s and %s have the same file %s", other, o.Name, o.File))
		}
		files[j.Path(o.File)] = o.Name
	}
	return w
}

func meaning(what string) string {
	switch what {
	case RevealModel:
		return "coefficients and intercept of the joint model"
	case RevealMetrics:
		return "accuracy, AUC, log-loss, rows and positives of the joint model on test rows"
	case RevealStandardiser:
		return "mean and standard deviation of each feature"
	default:
		return "at most a bit per epoch, did a value leave its range"
	}
}

func (j *Job) listeners(to Audience) string {
	if to.IsEveryone() {
		return "all, servers too"
	}
	if len(to) == len(j.Data.Owners) && len(to) > 1 {
		return "every owner"
	}
	return strings.Join(to, ", ")
}
