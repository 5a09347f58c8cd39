package parties

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What does not fit is told in the words of the job, before shapes, and the advice is
// one that can be followed: a model of one layer is taken as a whole.
func TestStartAdvice(t *testing.T) {
	one, more := twoOwners(t), networkOfPeople(t)
	ofOne, ofMore := startOf(t, one).File, startOf(t, more).File
	for name, c := range map[string]struct {
		job        *Job
		file       string
		change     func(j *Job)
		want, hint string
	}{
		"sites": {
			one, ofOne, func(j *Job) { j.Data.SiteIntercepts = true },
			"data.site_intercepts is true, and " + ofOne + " was trained with false", "",
		},
		"sites of a network": {
			more, ofMore, func(j *Job) { j.Data.SiteIntercepts = true },
			"data.site_intercepts is true, and ", "or have start.only list the layers to take, without linear1",
		},
		"target": {one, ofOne, func(j *Job) { j.Data.Target = "score" }, `data.target is "score", and `, ""},
		"width": {
			more, ofMore, func(j *Job) { j.Layers = Layers{layerOf(t, "linear", "out", 5), j.Layers[1], j.Layers[2]} },
			"has weights linear1.weight of shape 3×6, want 3×5", "start.only lists the layers to take; leave linear1 out",
		},
		"typo": {
			more, ofMore, func(j *Job) { j.Start.Only = []string{"liner2"} },
			`start.only names "liner2", which is no layer with weights`, "did you mean linear2?",
		},
		"frozen typo": {
			more, ofMore, func(j *Job) { j.Start.Freeze = []string{"linaer1"} },
			`start.freeze names "linaer1", which is no layer with weights`, "did you mean linear1?",
		},
		"not in the file": {more, ofMore, func(j *Job) {
			j.Layers, j.Start.Only = append(j.Layers[:len(j.Layers):len(j.Layers)], layerOf(t, "relu"), layerOf(t, "linear", "out", 1)), []string{"linear3"}
		}, `has no layer "linear3" with weights`, "it has: linear1, linear2"},
	} {
		t.Run(name, func(t *testing.T) {
			j := *c.job
			j.Start = &Start{File: c.file}
			c.change(&j)
			if name == "target" {
				j.Model = LinearRegression
				j.Start.File = asLinear(t, c.file)
			}
			e, ok := errors.AsType[*JobError](second(t, &j))
			require.True(t, ok)
			require.Contains(t, e.Msg, c.want)
			require.Equal(t, c.hint, e.Hint)
		})
	}
}

// asLinear writes a logistic regression as one of numbers.
func asLinear(t *testing.T, file string) string {
	t.Helper()
	text := strings.Replace(string(read(t, file)), LogisticRegression, LinearRegression, 1)
	other := filepath.Join(t.TempDir(), "model.json")
	require.NoError(t, os.WriteFile(other, []byte(text), 0o600))
	return other
}

// Weights that a file has twice would be others for a public model than for a secret
// one.
func TestStartTwice(t *testing.T) {
	j := networkOfPeople(t)
	file := startOf(t, j).File
	text := string(read(t, file))
	at := strings.Index(text, `"parameters": [`) + len(`"parameters": [`)
	text = text[:at] + `{"name":"linear2.bias","shape":[1,1],"data":"AAAAAAAA8D8="},` + text[at:]
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	for _, owner := range []string{"", "north"} {
		j.Start = &Start{Owner: owner, File: file}
		require.ErrorContains(t, second(t, j), "has weights linear2.bias twice")
	}
}
