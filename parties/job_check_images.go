package parties

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/tensor"
)

// checkDataset checks what a job with images, or with tables, may say.
func (j *Job) checkDataset() *JobError {
	d := j.Data
	if d.Dataset == "" {
		return j.checkNoDataset()
	}
	tables := []struct {
		path  string
		given bool
	}{
		{"data.features", d.Features != nil},
		{"data.test", d.Test != nil},
		{"data.ranges", d.Ranges != nil},
		{"data.site_intercepts", d.SiteIntercepts},
	}
	for _, key := range tables {
		if key.given {
			return j.ErrorAt(key.path, "%s is for tables, and %s is a set of images", key.path, d.Dataset).withHint("leave it out")
		}
	}
	if s := d.Standardise; s != StandardiseNone && s != StandardisePixels {
		return j.ErrorAt("data.standardise", "data.standardise is %s, which is for tables", s).
			withHint("%s: pixels from 0 to 1; %s: with the published mean and deviation of the set", StandardiseNone, StandardisePixels)
	}
	if d.Dataset == datasets.OwnIDX {
		if err := j.checkOwnImages(); err != nil {
			return err
		}
	}
	return j.checkShares()
}

func (j *Job) checkNoDataset() *JobError {
	d := j.Data
	switch {
	case d.Folder != "":
		return j.ErrorAt("data.path", "data.path is the folder of data.dataset, which is missing")
	case d.Shape != nil:
		return j.ErrorAt("data.shape", "data.shape is that of images, and there is no data.dataset")
	case d.Standardise == StandardisePixels:
		return j.ErrorAt("data.standardise", "data.standardise: %s is for images, and there is no data.dataset", d.Standardise)
	}
	for i, o := range d.Owners {
		if o.Share != 0 {
			return j.ErrorAt(fmt.Sprintf("data.owners[%d].share", i), "owner %s has a share, and there is no data.dataset to share", o.Name)
		}
	}
	return nil
}

// checkOwnImages checks what has to be said about images that are not known.
func (j *Job) checkOwnImages() *JobError {
	d := j.Data
	if len(d.Shape) != 3 || d.Shape[0] < 1 || d.Shape[1] < 1 || d.Shape[2] < 1 {
		got := "missing"
		if len(d.Shape) > 0 {
			got = tensor.ShapeString(d.Shape)
		}
		return j.ErrorAt("data.shape", "data.shape is %s, want that of an image: channels×height×width", got).withHint("such as shape: [1, 28, 28]")
	}
	if d.Standardise == StandardisePixels {
		return j.ErrorAt("data.standardise", "data.standardise: %s is for known sets, whose mean and deviation are published", d.Standardise)
	}
	return nil
}

// checkShares checks how a set is divided between the owners.
func (j *Job) checkShares() *JobError {
	shares := 0
	for i, o := range j.Data.Owners {
		path := fmt.Sprintf("data.owners[%d]", i)
		switch {
		case o.Share < 0 || !finite(o.Share):
			return j.ErrorAt(path+".share", "%s.share is %v, want a number above 0, such as 0.5", path, o.Share)
		case o.Test != "" || o.TestFraction != 0:
			return j.ErrorAt(path, "owner %s has test rows of its own, and %s has test images", o.Name, j.Data.Dataset)
		case o.File != "" && j.commonImages():
			return j.fileOfCommon(o.Name, path+".file")
		case o.Share != 0 && !j.commonImages():
			return j.ErrorAt(path+".share", "owner %s has a share, and images of its own", o.Name)
		}
		if o.Share > 0 {
			shares++
		}
	}
	if shares > 0 && shares < len(j.Data.Owners) {
		return j.ErrorAt("data.owners", "%d of %d owners have a share, want all or none", shares, len(j.Data.Owners))
	}
	return nil
}

// fileOfCommon refuses a file of an owner whose images are a share of a set.
func (j *Job) fileOfCommon(owner, path string) *JobError {
	e := j.ErrorAt(path, "owner %s has a file, and its images are a share of data.dataset", owner)
	if j.Data.Dataset == datasets.OwnIDX {
		return e.withHint("leave it out, or leave data.path out and have a folder for each owner")
	}
	return e.withHint("leave it out, or use dataset: %s with a folder for each owner", datasets.OwnIDX)
}

// commonImages tells whether all owners have a share of one set; otherwise each
// has a folder of its own.
func (j *Job) commonImages() bool {
	return j.Data.Dataset != "" && (j.Data.Dataset != datasets.OwnIDX || j.Data.Folder != "")
}

// shares lists the owners' shares of a set, equal ones if the job gives none.
func (j *Job) shares() []float64 {
	list := make([]float64, len(j.Data.Owners))
	for i, o := range j.Data.Owners {
		list[i] = o.Share
		if o.Share == 0 {
			list[i] = 1
		}
	}
	return list
}
