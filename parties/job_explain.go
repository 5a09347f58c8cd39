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
	return fmt.Sprintf("%s: %s, to %s", r.What, j.meaning(r.What), j.listeners(r.To))
}

// Warnings lists what is allowed but probably not meant.
func (j *Job) Warnings() []string {
	var w []string
	if len(j.Data.Owners) == 1 {
		w = append(w, "only one owner: there is nobody to keep its rows secret from")
	}
	files := map[string]string{}
	for _, o := range j.Data.Owners {
		if other, same := files[j.Path(o.File)]; same && o.File != "" {
			w = append(w, fmt.Sprintf("owners %s and %s have the same file %s", other, o.Name, o.File))
		}
		files[j.Path(o.File)] = o.Name
	}
	return w
}

func (j *Job) meaning(what string) string {
	words := map[task]map[string]string{
		predictsBinary: {
			RevealModel:        "coefficients and intercept of the joint model",
			RevealMetrics:      "accuracy, AUC, log-loss, rows and positives of the joint model on test rows",
			RevealStandardiser: "mean and standard deviation of each feature",
		},
		predictsClasses: {RevealMetrics: "log-loss of the joint model on test rows, and how many rows of each class it takes for each (confusion matrix)"},
		predictsNumbers: {
			RevealMetrics:      "rows, R², RMSE, MAE of the joint model on test rows, with mean and deviation of their target",
			RevealStandardiser: "mean and standard deviation of each feature and of the target",
		},
	}
	if what == RevealModel && j.network() != nil {
		return "all weights of the joint model"
	}
	for _, t := range []task{j.task(), predictsBinary} {
		if text, ok := words[t][what]; ok {
			return text
		}
	}
	if what == RevealEarlyStop {
		return "a bit per epoch, did the loss on rows that are not trained on fall"
	}
	return "at most a bit per epoch, did a value leave its range"
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
