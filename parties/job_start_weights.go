package parties

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train"
)

// startWeights returns the weights to start from: of all layers, or of those that
// start.only lists.
func (j *Job) startWeights(file *startFile) ([]blueprint.Param, *JobError) {
	var list []blueprint.Param
	for _, p := range file.params {
		if !j.Start.takes(layerName(p)) {
			continue
		}
		if slices.ContainsFunc(list, func(other blueprint.Param) bool { return other.Name == p.Name }) {
			return nil, j.ErrorAt("start.file", "%s has weights %s twice", file.name, p.Name)
		}
		if err := inStartRange(p); err != nil {
			return nil, j.ErrorAt("start.file", "%s: %v", file.name, err)
		}
		list = append(list, p)
	}
	for i, name := range j.Start.Only {
		if !slices.Contains(layerNames(list), name) {
			return nil, j.ErrorAt(fmt.Sprintf("start.only[%d]", i), "%s has no layer %s with weights", file.name, quote(name)).
				withHint("it has: %s", strings.Join(layerNames(file.params), ", "))
		}
	}
	return list, nil
}

// checkStartWeights tells whether weights are some of the known ones, and all of each
// layer that is taken.
func (j *Job) checkStartWeights(file *startFile, weights, known []blueprint.Param) *JobError {
	for _, p := range weights {
		i := slices.IndexFunc(known, func(k blueprint.Param) bool { return k.Name == p.Name })
		if i < 0 {
			return j.ErrorAt("start.file", "%s has weights %s, which the model of the job has not", file.name, p.Name).
				withHint("start.only lists the layers to take: %s", strings.Join(layerNames(known), ", "))
		}
		if !slices.Equal(known[i].Shape, p.Shape) {
			return j.ErrorAt("start.file", "%s has weights %s of shape %s, want %s", file.name, p.Name, tensor.ShapeString(p.Shape), tensor.ShapeString(known[i].Shape)).
				withAdvice(layerNames(known), "start.only lists the layers to take; leave %s out", layerName(p))
		}
	}
	return j.checkStartWhole(file, weights, known)
}

// checkStartWhole refuses a file that lacks weights of a layer of which it has some: they would
// begin as init says, and nobody would know. A secret model must have those of all
// layers that the other sides will think to be taken, a public one at least one.
func (j *Job) checkStartWhole(file *startFile, weights, known []blueprint.Param) *JobError {
	listed := slices.Concat(file.layerNames(), layerNames(weights))
	for _, want := range j.startParams(known) {
		has := slices.ContainsFunc(weights, func(p blueprint.Param) bool { return p.Name == want.Name })
		lists := slices.Contains(listed, layerName(want))
		if has || !lists && !j.Start.secret() {
			continue
		}
		e := j.ErrorAt("start.file", "%s has no weights %s, want some of shape %s", file.name, want.Name, tensor.ShapeString(want.Shape))
		if file.withoutBias(layerName(want)) {
			return e.withHint("%s has bias: false in the file, so it needs it in the job", layerName(want))
		}
		if lists {
			return e.withHint("the file lists a layer %s and not all of its weights: take it as the job wrote it", layerName(want))
		}
		return e.withHint("nobody else sees what is in a secret model, so the job says what is taken: list the layers as start.only")
	}
	if len(weights) == 0 {
		return j.ErrorAt("start.file", "%s has no weights, want those of some layer of the job: %s", file.name, strings.Join(layerNames(known), ", "))
	}
	return nil
}

// Weights beyond this are no start to train from; variances are those of deviations up to
// 340.
const (
	largestStart    = 1 << 10
	largestVariance = 1 << 17
)

// inStartRange refuses weights that training cannot go on from. It does not say
// what they are.
func inStartRange(p blueprint.Param) error {
	least, limit := -float64(largestStart), float64(largestStart)
	if strings.HasSuffix(p.Name, ".running_var") {
		least, limit = 0, largestVariance
	}
	for i, v := range p.Data {
		if !(least <= v && v < limit) {
			return fmt.Errorf("number %d of weights %s, which are of shape %s, is out of range: want %g to %g", i+1, p.Name, tensor.ShapeString(p.Shape), least, limit)
		}
	}
	return nil
}

// checkStartNorm refuses weights of a linear model that are so large together that
// the first step could leave the range, before training watches them.
func (j *Job) checkStartNorm(file *startFile, weights []blueprint.Param, input []int) *JobError {
	if j.network() != nil {
		return nil // whose layers watch what is between them
	}
	square, columns := 0., blueprint.Size(input)
	for _, p := range weights {
		for _, v := range p.Data {
			square += v * v
		}
	}
	const slack = .98 // for rounding
	if limit := slack * train.MaxWeight / j.training(columns, 1).RowNorm; !(math.Sqrt(square) < limit) {
		return j.ErrorAt("start.file", "%s: the weights are too large together: want a norm below %.3g for %d columns", file.name, limit, columns)
	}
	return nil
}

// decodeWeights is the opposite of encodeParam.
func decodeWeights(p paramJSON) (blueprint.Param, error) {
	w := blueprint.Param{Name: p.Name, Shape: p.Shape}
	if len(p.Data) != 8*blueprint.Size(p.Shape) {
		return w, fmt.Errorf("weights %s are %d bytes, want 8 for each number of %s", p.Name, len(p.Data), tensor.ShapeString(p.Shape))
	}
	for at := 0; at < len(p.Data); at += 8 {
		w.Data = append(w.Data, math.Float64frombits(binary.LittleEndian.Uint64(p.Data[at:])))
	}
	return w, nil
}
