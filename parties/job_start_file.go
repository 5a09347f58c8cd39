package parties

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/tensor"
)

// startFile is what is looked at of a model to go on from; see networkJSON.
type startFile struct {
	Kind         string
	Target       string
	Classes      int
	Features     []string
	Sites        []string
	Standardiser *Standardiser
	Pixel        *datasets.Pixel
	Input        []int
	Layers       []any
	Parameters   []paramJSON
	linearStart

	name   string // of the file
	params []blueprint.Param
	text   []byte
}

// openStart reads the model that training starts from, of a public one the file
// that was agreed on.
func (j *Job) openStart(name string) (*startFile, *JobError) {
	text, err := os.ReadFile(j.Path(name))
	if err != nil {
		return nil, j.unreadStart(name, err)
	}
	return j.parseStart(name, text)
}

// parseStart is openStart for a file that is in memory.
func (j *Job) parseStart(name string, text []byte) (*startFile, *JobError) {
	if !j.Start.secret() {
		if err := j.checkStartSum(name, text); err != nil {
			return nil, err
		}
	}
	file := &startFile{name: name, text: text}
	if json.Unmarshal(text, file) != nil || !j.mayStartFrom(file) {
		return nil, j.ErrorAt("start.file", "%s is no model to go on from: want the model.json of %s", name, j.wantedStart())
	}
	for _, p := range file.Parameters {
		w, err := decodeWeights(p)
		if err != nil {
			return nil, j.ErrorAt("start.file", "%s: %v", name, err)
		}
		file.params = append(file.params, w)
	}
	if file.Standardised != nil {
		file.asLayers(j.OwnerNames())
	}
	return file, nil
}

// mayStartFrom tells whether the job goes on from models of the kind of the file: from
// its own, and networks and softmax regression from each other.
func (j *Job) mayStartFrom(file *startFile) bool {
	if j.network() == nil {
		return file.Kind == j.Model && file.Standardised != nil
	}
	return (file.Kind == NeuralNetwork || file.Kind == SoftmaxRegression) && file.Parameters != nil && file.Standardised == nil
}

func (j *Job) wantedStart() string {
	if j.network() == nil {
		return "a job with model: " + j.Model
	}
	return "a job with layers, or of " + SoftmaxRegression
}

// checkStartRows tells whether the rows of the job are what the first layer of the
// file was trained on, as far as the job says.
func (j *Job) checkStartRows(file *startFile, input []int, layers []string) *JobError {
	refuse := func(path, format string, args ...any) *JobError {
		return j.ErrorAt(path, format, args...).withAdvice(layers, "or have start.only list the layers to take, without %s", layers[0])
	}
	var sites []string
	if j.Data.SiteIntercepts {
		sites = j.OwnerNames()
	}
	if (len(file.Sites) > 0) != j.Data.SiteIntercepts {
		return refuse("data.site_intercepts", "data.site_intercepts is %t, and %s was trained with %t", j.Data.SiteIntercepts, file.name, len(file.Sites) > 0)
	}
	if !slices.Equal(file.Sites, sites) {
		return refuse("start.file", "%s has the sites %q, and the job %q, want the same in the same order", file.name, file.Sites, sites)
	}
	if got, want := file.scaling(), j.scaling(); got != want {
		return refuse("data.standardise", "data.standardise is %s, and %s was trained on %s", j.Data.Standardise, file.name, got)
	}
	if j.Data.Features != nil { // otherwise the owner looks at its table
		if err := j.checkStartFeatures(file, j.Data.Features); err != nil {
			return err
		}
	}
	if !slices.Equal(file.Input, input) {
		return refuse("start.file", "%s is for rows of %s, and those of the job are %s", file.name, tensor.ShapeString(file.Input), tensor.ShapeString(input))
	}
	return nil
}

// scaling says in words how the rows of the file were scaled, as far as it must be
// the same.
func (f *startFile) scaling() string {
	switch {
	case f.Pixel != nil:
		return pixelScaling(*f.Pixel)
	case f.Standardiser == nil:
		return "rows of an unknown scale"
	}
	for i, mean := range f.Standardiser.Mean {
		if mean != 0 || i >= len(f.Standardiser.Scale) || f.Standardiser.Scale[i] != 1 {
			return scaledFeatures
		}
	}
	return plainFeatures
}

const scaledFeatures, plainFeatures = "features that were scaled", "features as they are"

func pixelScaling(p datasets.Pixel) string {
	return fmt.Sprintf("pixels of mean %g and deviation %g", p.Mean, p.Deviation)
}

// scaling says the same of the job.
func (j *Job) scaling() string {
	switch {
	case j.Data.Dataset != "":
		return pixelScaling(j.pixel())
	case j.Data.Standardise == StandardiseNone:
		return plainFeatures
	}
	return scaledFeatures
}

// checkStartFeatures refuses features that are not those of the file in its order,
// if the first layer is taken from it.
func (j *Job) checkStartFeatures(file *startFile, features []string) *JobError {
	known, err := blueprint.Params(j.startLayers(), []int{j.columns(len(features))})
	if err != nil || slices.Equal(file.Features, features) {
		return nil // checkShapes has said what is wrong with the layers
	}
	layers := layerNames(known)
	if !j.Start.takes(layers[0]) {
		return nil
	}
	e := j.ErrorAt("start.file", "%s is for %d features, and there are %d", file.name, len(file.Features), len(features))
	for i := range min(len(features), len(file.Features)) {
		if features[i] != file.Features[i] {
			e = j.ErrorAt("start.file", "feature %d of %s is %s, and that of the rows is %s", i+1, file.name, quote(file.Features[i]), quote(features[i]))
			break
		}
	}
	if len(layers) == 1 {
		return e.withHint("bring the columns into the order of the file")
	}
	return e.withHint("bring the columns into the order of the file, or have start.only list the layers to take, without %s", layers[0])
}
