package parties

import (
	"fmt"
	"slices"
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
	lines = append(lines, j.explainStart()...)
	lines = append(lines,
		"nothing else is opened: rows, and all that is computed from them, stay secret-shared",
		"known to all beforehand: this job, the column names, how many rows each owner has")
	return lines
}

// explainStart says whose model training starts from, and who sees its weights.
func (j *Job) explainStart() (lines []string) {
	s := j.Start
	switch {
	case s == nil:
		return nil
	case s.secret():
		lines = append(lines, fmt.Sprintf("training starts from a secret model of %s: its weights are split into shares at home, as rows are, and are opened to nobody", s.Owner))
		if hearers := j.Audience(RevealModel); !slices.Equal(hearers, Audience{s.Owner}) {
			lines = append(lines, fmt.Sprintf("but whoever gets %s can tell much of the weights that it started from, the more the shorter the training", RevealModel))
		}
		if len(j.Data.Owners) > 1 {
			lines = append(lines, "and "+j.chosenStart())
		}
	default:
		lines = append(lines, fmt.Sprintf("training starts from a public model, whose weights all may see: the file with the SHA-256 %s%s", s.SHA256, j.handedIn()))
	}
	if len(s.Only) > 0 {
		lines = append(lines, "of that model only these layers are taken: "+strings.Join(s.Only, ", "))
	}
	if len(s.Freeze) > 0 {
		lines = append(lines, "not trained any more: "+strings.Join(s.Freeze, ", "))
	}
	return lines
}

// chosenStart says what who brings a secret model can make of it. Such weights are
// known: with a unit that only one row sets off, the step of its weights is that row.
func (j *Job) chosenStart() string {
	return fmt.Sprintf("%s chooses these weights unseen: it can choose them so that %s shows single rows of other owners, the more the shorter the training", j.Start.Owner, RevealModel)
}

// handedIn says how a public model reaches the servers of a consortium.
func (j *Job) handedIn() string {
	if !j.Networked() {
		return ""
	}
	text := fmt.Sprintf(", which owner %s hands in and each server checks", j.startOwner())
	if !j.startAtHand() {
		text += "; it is not here, so nothing else of it was checked"
	}
	return text
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
	if s := j.Start; s != nil && s.secret() {
		if hearers := j.Audience(RevealModel); !slices.Equal(hearers, Audience{s.Owner}) {
			w = append(w, fmt.Sprintf("%s goes to %s: it tells much of the secret model of %s that it started from", RevealModel, j.listeners(hearers), s.Owner))
		}
		if len(j.Data.Owners) > 1 {
			w = append(w, j.chosenStart())
		}
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
