package parties

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/layers/blueprint"
)

// checkStart tells whether start fits the model of the job, for rows of this shape,
// and so does its file, if it is here. Who hands it in checks it in any case.
func (j *Job) checkStart(input []int) *JobError {
	if j.Start == nil {
		return nil
	}
	known, err := blueprint.Params(j.startLayers(), input)
	if err != nil {
		return nil // checkShapes says it
	}
	if err := j.checkFreeze(layerNames(known)); err != nil {
		return err
	}
	if err := j.checkOnly(layerNames(known)); err != nil || !j.startAtHand() {
		return err
	}
	file, e := j.openStart(j.Start.File)
	if e != nil {
		return e
	}
	return j.checkStartModel(file, input)
}

// startAtHand tells whether the job names the file, and it is here. A server looks
// for no file: it has a job from others.
func (j *Job) startAtHand() bool {
	switch s := j.Start; {
	case j.agreed || s.File == "":
		return false
	case !j.Networked():
		return true
	case s.secret():
		return false // it is its owner who has it
	}
	_, err := os.Stat(j.Path(j.Start.File))
	return !errors.Is(err, fs.ErrNotExist)
}

// checkStartModel tells whether the model of the file fits the job, for rows of this
// shape.
func (j *Job) checkStartModel(file *startFile, input []int) *JobError {
	known, err := blueprint.Params(j.startLayers(), input)
	if err != nil {
		return j.ErrorAt("model", "%v", err)
	}
	weights, e := j.startWeights(file)
	if e != nil {
		return e
	}
	taken, all := layerNames(weights), layerNames(known)
	if slices.Contains(taken, all[0]) {
		if err := j.checkStartRows(file, input, all); err != nil {
			return err
		}
	}
	if err := j.checkStartWeights(file, weights, known); err != nil {
		return err
	}
	if err := j.checkStartLayers(file, taken, all); err != nil {
		return err
	}
	if slices.Contains(taken, all[len(all)-1]) {
		if err := j.checkStartTarget(file, all); err != nil {
			return err
		}
	}
	return j.checkStartNorm(file, weights, input)
}

// checkStartTarget tells whether the last layer of the file predicts what the job
// predicts.
func (j *Job) checkStartTarget(file *startFile, layers []string) *JobError {
	var e *JobError
	switch d := j.Data; {
	case file.Target != d.Target:
		e = j.ErrorAt("data.target", "data.target is %s, and %s predicts %s", quote(d.Target), file.name, quote(file.Target))
	case file.Classes != d.Classes:
		e = j.ErrorAt("start.file", "%s says that it predicts %d classes, and its last layer gives %d numbers, want one for each", file.name, file.Classes, j.outputs())
	default:
		return nil
	}
	return e.withAdvice(layers, "start.only lists the layers to take; leave %s out", layers[len(layers)-1])
}

// withAdvice adds advice not to take one of the layers, if that leaves any.
func (e *JobError) withAdvice(layers []string, format string, args ...any) *JobError {
	if len(layers) > 1 {
		return e.withHint(format, args...)
	}
	return e
}

// checkFreeze checks start.freeze against the layers that have weights.
func (j *Job) checkFreeze(known []string) *JobError {
	free := slices.Clone(known)
	for i, name := range j.Start.Freeze {
		if !slices.Contains(known, name) {
			return j.ErrorAt(fmt.Sprintf("start.freeze[%d]", i), "start.freeze names %s, which is no layer with weights", quote(name)).
				withHint("%s", suggest(name, known))
		}
		free = slices.DeleteFunc(free, func(f string) bool { return f == name })
	}
	if len(free) == 0 {
		return j.ErrorAt("start.freeze", "start.freeze names every layer with weights, so there is nothing to train").
			withHint("leave one of them out: %s", strings.Join(known, ", "))
	}
	return nil
}

// checkOnly checks start.only against the layers that have weights.
func (j *Job) checkOnly(known []string) *JobError {
	for i, name := range j.Start.Only {
		if !slices.Contains(known, name) {
			return j.ErrorAt(fmt.Sprintf("start.only[%d]", i), "start.only names %s, which is no layer with weights", quote(name)).
				withHint("%s", suggest(name, known))
		}
	}
	return nil
}

// checkStartReveal refuses to open what is to stay secret: a layer of a secret model
// that is not trained any more comes out of training as it went in.
func (j *Job) checkStartReveal() *JobError {
	if j.Start == nil || !j.Start.secret() {
		return nil
	}
	hearers := j.Audience(RevealModel)
	if j.Reveal == nil {
		hearers = j.OwnerNames()
	}
	for i, layer := range j.Start.Freeze {
		if owner := j.Start.Owner; j.Start.takes(layer) && !slices.Equal(hearers, Audience{owner}) {
			return j.ErrorAt(fmt.Sprintf("start.freeze[%d]", i), "%s opens %s, a layer of the secret model of %s that is not trained, as it is, to %s",
				RevealModel, layer, owner, j.listeners(hearers)).
				withHint("reveal %s to %s alone, or do not freeze layers that are taken from a secret model", RevealModel, owner)
		}
	}
	return nil
}
