package main

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/parties"
)

// qualityOfOthers says how good a model of classes or of numbers is; "" for
// others, and if nothing was measured.
func qualityOfOthers(job *parties.Job, r *parties.Result) string {
	scores := []named{{"all", r.Metrics.Test, nil}}
	for _, owner := range job.OwnerNames() {
		m := r.Metrics.Owners[owner]
		scores = append(scores, named{owner, m.Joint, m.Alone})
	}
	for _, s := range scores {
		switch {
		case s.joint == nil:
		case s.joint.Numbers != nil:
			return qualityTable(scores, []string{"R²", "RMSE", "MAE"}, numberCells)
		case s.joint.Confusion != nil:
			return qualityTable(scores, []string{"accuracy", "log-loss"}, classCells) + confusion(s)
		}
	}
	return ""
}

// named is the quality of the joint model and of the owner's own on some rows.
type named struct {
	rows         string
	joint, alone *parties.Score
}

// qualityTable is a table of these columns for the joint model and, if there are
// any, the owners' own.
func qualityTable(scores []named, columns []string, cells func(*parties.Score) []string) string {
	alone := false
	for _, s := range scores {
		alone = alone || s.alone != nil
	}
	head, title := append([]string{"test rows of", "rows"}, columns...), "quality of the joint model\n"
	var t table
	if alone {
		above := append([]string{"", "", "joint"}, make([]string, len(columns)-1)...)
		t = table{append(append(above, "alone"), make([]string, len(columns)-1)...)}
		head, title = append(head, columns...), "quality of the joint model, and of each owner's model from its own rows alone\n"
	}
	t = append(t, head)
	for _, s := range append(scores[1:], scores[0]) {
		if s.joint == nil {
			continue
		}
		line := append([]string{s.rows, fmt.Sprint(s.joint.Rows)}, cells(s.joint)...)
		if alone {
			line = append(line, cells(s.alone)...)
		}
		t = append(t, line)
	}
	return title + t.String()
}

func numberCells(s *parties.Score) []string {
	if s == nil {
		return []string{"-", "-", "-"}
	}
	r2 := "-"
	if s.Numbers.R2 != nil {
		r2 = fmt.Sprintf("%.3f", *s.Numbers.R2)
	}
	return []string{r2, fmt.Sprintf("%.4g", s.Numbers.RMSE), fmt.Sprintf("%.4g", s.Numbers.MAE)}
}

func classCells(s *parties.Score) []string {
	if s == nil {
		return []string{"-", "-"}
	}
	return []string{fmt.Sprintf("%.4f", s.Accuracy), fmt.Sprintf("%.4f", s.LogLoss)}
}

// mostClasses is how many classes fit on a screen.
const mostClasses = 16

// confusion shows how many rows of each class are taken for which.
func confusion(s named) string {
	k := len(s.joint.Confusion)
	if k > mostClasses {
		return ""
	}
	t := table{{"class"}}
	for c, counts := range s.joint.Confusion {
		t[0] = append(t[0], fmt.Sprint(c))
		line := []string{fmt.Sprint(c)}
		for _, n := range counts {
			line = append(line, fmt.Sprint(n))
		}
		t = append(t, line)
	}
	return fmt.Sprintf("\nrows by class, and by predicted class (test rows of %s)\n%s", s.rows, t)
}

// network says how large a model made of layers is.
func network(m *parties.Model) string {
	n := 0
	t := table{{"parameter", "shape"}}
	for _, p := range m.Network.Params {
		n += len(p.Data)
		t = append(t, []string{p.Name, fmt.Sprint(p.Shape)})
	}
	return fmt.Sprintf("model: %s for %s\n%s", count(n, "weight"), m.Target, t)
}

// predicted says what coefficients add up to.
func predicted(m *parties.Model) string {
	if m.Kind == parties.LinearRegression {
		return m.Target
	}
	return "log-odds of " + m.Target + " = 1"
}
