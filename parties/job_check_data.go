package parties

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

func (j *Job) checkTarget() *JobError {
	if j.Data.Target == "" {
		return j.ErrorAt("data.target", "data.target is missing").
			withHint("name the column to predict: data: {target: …}")
	}
	return nil
}

// checkFeatures checks the list of columns, if the job has one.
func (j *Job) checkFeatures() *JobError {
	seen := make(map[string]bool, len(j.Data.Features))
	for i, f := range j.Data.Features {
		path := fmt.Sprintf("data.features[%d]", i)
		switch {
		case f == "":
			return j.ErrorAt(path, "%s is empty, want the name of a column", path)
		case f == j.Data.Target:
			return j.ErrorAt(path, "%s is %q, which is data.target", path, f)
		case seen[f]:
			return j.ErrorAt(path, "feature %q is in data.features twice", f)
		}
		seen[f] = true
	}
	return nil
}

// MaxOwners is how many owners a job may have.
const MaxOwners = 1000

func (j *Job) checkOwners() *JobError {
	if len(j.Data.Owners) == 0 {
		return j.ErrorAt("data.owners", "data.owners is empty, want at least one owner").
			withHint("add lines such as - {name: north, file: north.csv}")
	}
	if n := len(j.Data.Owners); n > MaxOwners {
		return j.ErrorAt("data.owners", "data.owners has %d owners, want at most %d", n, MaxOwners)
	}
	for i := range j.Data.Owners {
		if err := j.checkOwner(i); err != nil {
			return err
		}
	}
	return nil
}

func (j *Job) checkOwner(i int) *JobError {
	o, path := j.Data.Owners[i], fmt.Sprintf("data.owners[%d]", i)
	if err := j.checkOwnerName(i, path+".name"); err != nil {
		return err
	}
	if o.File == "" && !j.Networked() && !j.commonImages() {
		return j.noFile(o.Name, path+".file")
	}
	if o.Test != "" && o.TestFraction != 0 {
		return j.ErrorAt(path+".test_fraction", "owner %s has both test and test_fraction, want one of them", o.Name)
	}
	if !(o.TestFraction >= 0 && o.TestFraction < 1) {
		return j.ErrorAt(path+".test_fraction", "%s.test_fraction is %v, want 0 or more and less than 1", path, o.TestFraction)
	}
	return nil
}

// noFile says that an owner names no rows, and how a job does.
func (j *Job) noFile(owner, path string) *JobError {
	if j.Data.Dataset == "" {
		return j.ErrorAt(path, "owner %s has no file", owner).withHint("add file: %s.csv", owner)
	}
	return j.ErrorAt(path, "owner %s has no folder with images, and there is no data.path", owner).
		withHint("add path: FOLDER to data, for images that the owners share; or file: FOLDER to each owner, for images of its own")
}

func (j *Job) checkOwnerName(i int, path string) *JobError {
	name := j.Data.Owners[i].Name
	if name == "" {
		return j.ErrorAt(path, "%s is missing", path)
	}
	if !safeName(name, "") {
		return j.ErrorAt(path, "owner name %q: want letters, digits, '-', '_' and '.', 64 at most", name)
	}
	if strings.EqualFold(name, "all") {
		return j.ErrorAt(path, "owner name %q is taken: in the reveal list it means everyone", name)
	}
	for _, other := range j.Data.Owners[:i] {
		if strings.EqualFold(name, other.Name) {
			return j.ErrorAt(path, "owner name %q is given twice", name)
		}
	}
	return nil
}

// safeName allows what is harmless as a file name and on a terminal: it begins
// with a letter or digit and goes on with those, '-', '_', '.' and extra.
func safeName(name, extra string) bool {
	for i, r := range name {
		plain := unicode.IsLetter(r) || unicode.IsDigit(r)
		if !plain && (i == 0 || !strings.ContainsRune("-_."+extra, r)) {
			return false
		}
	}
	return name != "" && utf8.RuneCountInString(name) <= 64
}

func (j *Job) checkTest() *JobError {
	if t := j.Data.Test; t != nil && t.File == "" {
		return j.ErrorAt("data.test", "data.test has no file").withHint("write test: {file: test.csv}")
	}
	for i, o := range j.Data.Owners {
		if j.Data.Test != nil && (o.Test != "" || o.TestFraction != 0) {
			return j.ErrorAt(fmt.Sprintf("data.owners[%d]", i), "owner %s has test rows of its own beside data.test", o.Name).
				withHint("use one of the two")
		}
	}
	return nil
}

func (j *Job) checkRanges() *JobError {
	ranges := j.Data.Standardise == StandardiseRanges
	if ranges && len(j.Data.Ranges) == 0 {
		return j.ErrorAt("data.standardise", "data.standardise is ranges, but data.ranges is missing").
			withHint("give each feature its agreed [minimum, maximum]: ranges: {age: [0, 110]}")
	}
	if !ranges && len(j.Data.Ranges) > 0 {
		return j.ErrorAt("data.ranges", "data.ranges is given, but data.standardise is %s", j.Data.Standardise).
			withHint("add standardise: ranges, or leave the ranges out")
	}
	for _, feature := range slices.Sorted(maps.Keys(j.Data.Ranges)) {
		r := j.Data.Ranges[feature]
		if !finite(r[0]) || !finite(r[1]) || r[0] >= r[1] {
			return j.ErrorAt("data.ranges."+feature, "range of %s is [%v, %v], want a minimum below its maximum", feature, r[0], r[1])
		}
	}
	return nil
}
