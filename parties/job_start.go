package parties

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/layers/blueprint"
)

// Start is a model to go on from: the model.json of an earlier job. Without an
// Owner it is public, and the job pins its SHA-256; with one it is secret, and its
// weights reach the servers as shares only, as that owner's rows do.
type Start struct {
	Owner  string   `json:"owner,omitempty"`  // who has the secret model
	File   string   `json:"file,omitempty"`   // may be left out in a job with servers, if SHA256 or Owner is there
	SHA256 string   `json:"sha256,omitempty"` // of a public file, hexadecimal; filled in from it
	Only   []string `json:"only,omitempty"`   // layers to take weights of; all, if it is empty
	Freeze []string `json:"freeze,omitempty"` // layers that are not trained any more
}

// secret tells whether the weights are shown to nobody.
func (s *Start) secret() bool { return s.Owner != "" }

// takes tells whether the weights of a layer are those of the model.
func (s *Start) takes(layer string) bool { return len(s.Only) == 0 || slices.Contains(s.Only, layer) }

// startOwner returns who hands in the model: whose it is, and the first owner if it
// is public. It does not matter who brings a public one, since all know its hash.
func (j *Job) startOwner() string {
	if j.Start.secret() {
		return j.Start.Owner
	}
	return j.Data.Owners[0].Name
}

// startItems lists what training needs of the model to go on from.
func (j *Job) startItems() []Item {
	switch {
	case j.Start == nil:
		return nil
	case j.Start.secret():
		return []Item{{ItemStart, j.Start.Owner}}
	}
	return []Item{{ItemStartFile, j.startOwner()}}
}

// completeStart pins the public file that training starts from.
func (j *Job) completeStart() *JobError {
	s := j.Start
	if s == nil {
		return nil
	}
	if err := j.checkStartWords(); err != nil || s.secret() || s.File == "" || j.agreed {
		return err
	}
	text, err := os.ReadFile(j.Path(s.File))
	if errors.Is(err, fs.ErrNotExist) && j.Networked() && s.SHA256 != "" {
		return nil // who hands it in has it
	}
	if err != nil {
		return j.unreadStart(s.File, err)
	}
	if s.SHA256 == "" {
		s.SHA256 = sumOf(text)
	}
	return j.checkStartSum(s.File, text)
}

// unreadStart says that the model cannot be read, and how else it is named.
func (j *Job) unreadStart(name string, err error) *JobError {
	e := j.ErrorAt("start.file", "%s cannot be read: %v", j.Path(name), cause(err))
	if !j.Networked() {
		return e
	}
	if j.Start.secret() || j.Start.SHA256 != "" {
		return e.withHint("--start FILE names the model.json on this machine")
	}
	return e.withHint("the model lies beside the job file; or the job has its hash instead, start: {sha256: …}, and who hands it in names it: trainer share --start FILE")
}

var sha256Form = regexp.MustCompile(`^[0-9a-f]{64}$`)

// checkStartWords checks what can be said of start without its file.
func (j *Job) checkStartWords() *JobError {
	s := j.Start
	switch {
	case s.secret() && !slices.Contains(j.OwnerNames(), s.Owner):
		return j.ErrorAt("start.owner", "start.owner is %s, who is no owner of this job", quote(s.Owner)).
			withHint("%s", suggest(s.Owner, j.OwnerNames()))
	case s.secret() && s.SHA256 != "":
		return j.ErrorAt("start.sha256", "start.sha256 is for a public model, and this one is a secret of %s", s.Owner).
			withHint("leave it out: with the hash of a secret model others could check a guess")
	case s.SHA256 != "" && !sha256Form.MatchString(s.SHA256):
		return j.ErrorAt("start.sha256", "start.sha256 is %s, want 64 hexadecimal digits in lower case", quote(s.SHA256))
	case j.Networked() && (strings.ContainsAny(s.File, `/\:`) || strings.HasPrefix(s.File, "..")):
		return j.ErrorAt("start.file", "start.file is %s, want a file beside the job file: a job of several sides names no other files of theirs", quote(s.File)).
			withHint("trainer share --start names the file on the machine of who hands it in")
	case s.File == "" && !j.Networked():
		return j.ErrorAt("start", "start has no file").withHint("name the model.json of an earlier job: start: {file: model.json}")
	case s.SHA256 == "" && !s.secret() && (s.File == "" || j.agreed):
		return j.ErrorAt("start", "start has no sha256, so it is not agreed which model it is").
			withHint("name the file, start: {file: model.json}; or the owner of a secret one, start: {owner: %s}", j.Data.Owners[0].Name)
	}
	return nil
}

func sumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// checkStartSum refuses a public file that is not the agreed one.
func (j *Job) checkStartSum(name string, text []byte) *JobError {
	if got := sumOf(text); got != j.Start.SHA256 {
		return j.ErrorAt("start.sha256", "%s has the SHA-256 %s, and start.sha256 is %s", name, got, j.Start.SHA256).
			withHint("the file is not the one that was agreed on")
	}
	return nil
}

// startLayers returns the layers whose weights can be gone on from. A linear model is
// one of them, linear1.
func (j *Job) startLayers() Layers {
	if list := j.network(); list != nil {
		return list
	}
	return Layers{blueprint.Zero(1)}
}

// startParams lists, by name and shape, the weights that training takes from a
// model with all layers of the job: all, or those of start.only.
func (j *Job) startParams(known []blueprint.Param) (list []blueprint.Param) {
	for _, p := range known {
		if j.Start.takes(layerName(p)) {
			list = append(list, p)
		}
	}
	return list
}

// layerName returns the layer of a parameter.
func layerName(p blueprint.Param) string {
	name, _, _ := strings.Cut(p.Name, ".")
	return name
}

// layerNames lists the layers of parameters.
func layerNames(params []blueprint.Param) (names []string) {
	for _, p := range params {
		if name := layerName(p); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
