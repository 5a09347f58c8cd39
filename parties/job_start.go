package parties

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train"
)

// Start is a public network, or softmax regression, to go on from: the model.json of an earlier job.
type Start struct {
	File   string   `json:"file"`
	SHA256 string   `json:"sha256"`           // of the file, hexadecimal; filled in from it
	Only   []string `json:"only,omitempty"`   // layers to take weights of; all, if it is empty
	Freeze []string `json:"freeze,omitempty"` // layers that are not trained any more
}

// completeStart pins the file that training starts from.
func (j *Job) completeStart() *JobError {
	s := j.Start
	switch {
	case s == nil:
		return nil
	case j.Model != NeuralNetwork && j.Model != SoftmaxRegression:
		return j.ErrorAt("start", "start is for networks and %s, and model is %s", SoftmaxRegression, j.Model)
	case j.Networked():
		return j.ErrorAt("start", "start is for jobs in one process: servers do not have the file")
	case s.File == "":
		return j.ErrorAt("start", "start has no file").withHint("name the model.json of an earlier job: start: {file: model.json}")
	}
	text, err := os.ReadFile(j.Path(s.File))
	if err != nil {
		return j.ErrorAt("start.file", "%s cannot be read: %v", j.Path(s.File), cause(err))
	}
	sum := sha256.Sum256(text)
	if got := hex.EncodeToString(sum[:]); s.SHA256 == "" {
		s.SHA256 = got
	} else if s.SHA256 != got {
		return j.ErrorAt("start.sha256", "%s has the SHA-256 %s, and start.sha256 is another", s.File, got).
			withHint("the file is not the one that was agreed on")
	}
	return nil
}

// checkStart tells whether the model of the file fits the job, for rows of this
// shape.
func (j *Job) checkStart(input []int) *JobError {
	if j.Start == nil {
		return nil
	}
	known, err := blueprint.Params(j.network(), input)
	if err != nil {
		return nil // checkShapes says it
	}
	if err := j.checkFreeze(layerNames(known)); err != nil {
		return err
	}
	file, e := j.startFile()
	if e != nil {
		return e
	}
	weights, e := j.startWeights(file)
	if e != nil {
		return e
	}
	if err := j.checkStartWeights(weights, known); err != nil {
		return err
	}
	taken, all := layerNames(weights), layerNames(known)
	if slices.Contains(taken, all[0]) {
		if err := j.checkStartRows(file, input, all[0]); err != nil {
			return err
		}
	}
	if err := j.checkStartLayers(file, taken, all); err != nil {
		return err
	}
	if last := all[len(all)-1]; slices.Contains(taken, last) && file.Target != j.Data.Target {
		return j.ErrorAt("data.target", "data.target is %s, and %s predicts %s", quote(j.Data.Target), j.Start.File, quote(file.Target)).
			withHint("start.only lists the layers to take; leave %s out", last)
	}
	return nil
}

// checkFreeze checks start.freeze against the layers that have weights.
func (j *Job) checkFreeze(known []string) *JobError {
	free := slices.Clone(known)
	for i, name := range j.Start.Freeze {
		if !slices.Contains(known, name) {
			return j.ErrorAt(fmt.Sprintf("start.freeze[%d]", i), "start.freeze names %s, which is no layer with weights", quote(name)).
				withHint("one of: %s", strings.Join(known, ", "))
		}
		free = slices.DeleteFunc(free, func(f string) bool { return f == name })
	}
	if len(free) == 0 {
		return j.ErrorAt("start.freeze", "start.freeze names every layer with weights, so there is nothing to train").
			withHint("leave one of them out: %s", strings.Join(known, ", "))
	}
	return nil
}

// checkStartWeights tells whether weights are some of the known ones.
func (j *Job) checkStartWeights(weights, known []blueprint.Param) *JobError {
	for _, p := range weights {
		i := slices.IndexFunc(known, func(k blueprint.Param) bool { return k.Name == p.Name })
		if i < 0 {
			return j.ErrorAt("start.file", "%s has weights %s, which the network of the job has not", j.Start.File, p.Name).
				withHint("start.only lists the layers to take: %s", strings.Join(layerNames(known), ", "))
		}
		if !slices.Equal(known[i].Shape, p.Shape) {
			return j.ErrorAt("start.file", "%s has weights %s of shape %v, want %v", j.Start.File, p.Name, p.Shape, known[i].Shape).
				withHint("start.only lists the layers to take; leave this one out")
		}
	}
	return nil
}

// layerNames lists the layers of parameters.
func layerNames(params []blueprint.Param) (names []string) {
	for _, p := range params {
		name, _, _ := strings.Cut(p.Name, ".")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// startWeights returns the weights to start from: of all layers, or of those that
// start.only lists.
func (j *Job) startWeights(model *startFile) ([]blueprint.Param, *JobError) {
	var list []blueprint.Param
	for _, p := range model.Parameters {
		layer, _, _ := strings.Cut(p.Name, ".")
		if len(j.Start.Only) > 0 && !slices.Contains(j.Start.Only, layer) {
			continue
		}
		w, err := decodeParam(p)
		if err != nil {
			return nil, j.ErrorAt("start.file", "%s: %v", j.Start.File, err)
		}
		list = append(list, w)
	}
	for i, name := range j.Start.Only {
		if !slices.Contains(layerNames(list), name) {
			return nil, j.ErrorAt(fmt.Sprintf("start.only[%d]", i), "%s has no layer %s with weights", j.Start.File, quote(name))
		}
	}
	return list, nil
}

// largestStart is far above any weight that training could go on from.
const largestStart = 1 << 10

func decodeParam(p paramJSON) (blueprint.Param, error) {
	w, err := decodeWeights(p)
	for _, v := range w.Data {
		if !(math.Abs(v) < largestStart) {
			return w, fmt.Errorf("weights %s are not all within ±%d", p.Name, largestStart)
		}
	}
	return w, err
}

// decodeWeights is the opposite of encodeParam.
func decodeWeights(p paramJSON) (blueprint.Param, error) {
	w := blueprint.Param{Name: p.Name, Shape: p.Shape}
	if len(p.Data) != 8*blueprint.Size(p.Shape) {
		return w, fmt.Errorf("weights %s are %d bytes, want 8 for each number of %v", p.Name, len(p.Data), p.Shape)
	}
	for at := 0; at < len(p.Data); at += 8 {
		w.Data = append(w.Data, math.Float64frombits(binary.LittleEndian.Uint64(p.Data[at:])))
	}
	return w, nil
}

// begin gives a network the weights to start from, and freezes layers.
func (j *Job) begin(net *layers.Sequential) error {
	if j.Start == nil {
		return nil
	}
	file, bad := j.startFile()
	if bad != nil {
		return bad
	}
	weights, bad := j.startWeights(file)
	if bad != nil {
		return bad
	}
	values := map[string]tensor.Dense{}
	for _, p := range weights {
		values[p.Name] = tensor.NewDense(p.Data, p.Shape...)
	}
	all := append(append([]*layers.Param{}, net.Params()...), net.Buffers()...)
	if err := train.SetWeights(all, values); err != nil {
		return err
	}
	return train.Freeze(net.Params(), j.Start.Freeze...)
}
