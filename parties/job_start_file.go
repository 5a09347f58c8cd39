package parties

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
)

// startFile is what is looked at of a model to go on from; see networkJSON.
type startFile struct {
	Kind         string
	Target       string
	Features     []string
	Sites        []string
	Standardiser *Standardiser
	Pixel        *datasets.Pixel
	Input        []int
	Layers       []any
	Parameters   []paramJSON
}

// startFile reads the model that training starts from.
func (j *Job) startFile() (*startFile, *JobError) {
	text, err := os.ReadFile(j.Path(j.Start.File))
	if err != nil {
		return nil, j.ErrorAt("start.file", "%s cannot be read: %v", j.Path(j.Start.File), cause(err))
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != j.Start.SHA256 {
		return nil, j.ErrorAt("start.file", "%s has changed since the job was checked", j.Start.File)
	}
	var file startFile
	err = json.Unmarshal(text, &file)
	if layered := file.Kind == NeuralNetwork || file.Kind == SoftmaxRegression; err != nil || !layered || file.Parameters == nil {
		return nil, j.ErrorAt("start.file", "%s is no network: want the model.json of a job with layers, or of %s", j.Start.File, SoftmaxRegression)
	}
	return &file, nil
}

// checkStartRows tells whether the rows of the job are what the first layer of the
// file was trained on, as far as the job says.
func (j *Job) checkStartRows(file *startFile, input []int, first string) *JobError {
	refuse := func(path, format string, args ...any) *JobError {
		return j.ErrorAt(path, format, args...).withHint("or have start.only list the layers to take, without %s", first)
	}
	if !slices.Equal(file.Input, input) {
		return refuse("start.file", "%s is for rows of %v, and those of the job are %v", j.Start.File, file.Input, input)
	}
	var sites []string
	if j.Data.SiteIntercepts {
		sites = j.OwnerNames()
	}
	if !slices.Equal(file.Sites, sites) {
		return refuse("start.file", "%s has the sites %q, and the job %q, want the same in the same order", j.Start.File, file.Sites, sites)
	}
	if got, want := file.scaling(), j.scaling(); got != want {
		return refuse("data.standardise", "data.standardise is %s, and %s was trained on %s", j.Data.Standardise, j.Start.File, got)
	}
	if j.Data.Features == nil {
		return nil // checkStartFeatures looks at the tables
	}
	return j.checkStartFeatures(j.Data.Features)
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
func (j *Job) checkStartFeatures(features []string) *JobError {
	if j.Start == nil {
		return nil
	}
	file, e := j.startFile()
	if e != nil {
		return e
	}
	known, err := blueprint.Params(j.network(), []int{j.columns(len(features))})
	if err != nil || slices.Equal(file.Features, features) {
		return nil // checkShapes has said what is wrong with the layers
	}
	first, only := layerNames(known)[0], j.Start.Only
	if len(only) > 0 && !slices.Contains(only, first) {
		return nil
	}
	e = j.ErrorAt("start.file", "%s is for %d features, and there are %d", j.Start.File, len(file.Features), len(features))
	for i := range min(len(features), len(file.Features)) {
		if features[i] != file.Features[i] {
			e = j.ErrorAt("start.file", "feature %d of %s is %s, and that of the rows is %s", i+1, j.Start.File, quote(file.Features[i]), quote(features[i]))
			break
		}
	}
	return e.withHint("bring the columns into the order of the file, or have start.only list the layers to take, without %s", first)
}
