package parties

import (
	"fmt"
	"slices"

	"github.com/trefoil-ml/trefoil/datasets"
)

// OwnerFiles are the files of one owner.
type OwnerFiles struct {
	Rows  string // its rows, or the folder of its images; empty for its share of a known set
	Test  string // its test rows, if the job says that they are in a second file
	Start string // the model to start from, if the owner hands it in; empty: as the job names it
}

// NewOwnerSide loads the files of one owner of a checked job. Everything that
// can be wrong with them is an error here, before anything is handed in. Warn is
// told what to look at.
func NewOwnerSide(job *Job, owner string, files OwnerFiles, warn func(text string)) (*OwnerSide, error) {
	index := slices.Index(job.OwnerNames(), owner)
	if index < 0 {
		return nil, job.ErrorAt("data.owners", "%q is no owner of this job", owner).
			withHint("%s", suggest(owner, job.OwnerNames()))
	}
	o, err := loadOwner(job, index, files.Rows, files.Test, func(format string, args ...any) { warn(fmt.Sprintf(format, args...)) })
	if err != nil {
		return nil, err
	}
	if err := o.prepare(); err != nil {
		return nil, err
	}
	return o, o.takeStart(files.Start)
}

func loadOwner(job *Job, index int, file, test string, warn func(format string, args ...any)) (*OwnerSide, error) {
	if job.Data.Dataset != "" {
		return loadImages(job, index, file, warn)
	}
	spec := job.Data.Owners[index]
	o := &OwnerSide{job: job, name: spec.Name, index: index, warn: warn}
	table, err := job.OpenTable(file)
	if err != nil {
		return nil, err
	}
	o.train = table
	switch {
	case test != "":
		o.test, err = job.OpenTable(test)
		o.common = job.Data.Test != nil
	case spec.TestFraction > 0:
		o.train, o.test, err = table.Split(spec.Name, spec.TestFraction)
		if err == nil && o.train.Rows() == 0 {
			err = fmt.Errorf("owner %s: a test fraction of %g leaves no training rows", spec.Name, spec.TestFraction)
		}
	}
	if o.test != nil && o.test.Rows() == 0 {
		o.warn("owner %s: a test fraction of %g of %d rows is no row at all", spec.Name, spec.TestFraction, table.Rows())
		o.test = nil
	}
	return o, err
}

// OpenTable reads a CSV file of an owner, with the kind of target that the job's
// model predicts. A relative path is from the job file's folder.
func (j *Job) OpenTable(file string) (*datasets.Table, error) {
	target := datasets.Classes(2)
	switch j.task() {
	case predictsClasses:
		target = datasets.Classes(j.Data.Classes)
	case predictsNumbers:
		target = datasets.RealTarget()
	}
	return datasets.OpenCSV(j.Path(file), j.Data.Target, target)
}

// prepare checks the rows against the job and scales them as far as the owner can
// by itself.
func (o *OwnerSide) prepare() error {
	if o.images != nil {
		return nil
	}
	if err := o.checkFeatures(); err != nil {
		return err
	}
	standard, err := o.agreedScale()
	if err != nil {
		return err
	}
	o.startScale(standard)
	if err := o.job.checkShapes([]int{o.width()}); err != nil {
		return err
	}
	joint := o.job.Data.Standardise == StandardiseJoint
	if n := o.train.Rows(); n < fewRows && joint && len(o.job.Data.Owners) > 1 {
		o.warn("owner %s has only %d rows: the others can work out much of them from the joint mean and deviation (with one row, all of it); agreed ranges open nothing", o.name, n)
	}
	return nil
}

// startScale sets the scaling that needs nothing of the other owners.
func (o *OwnerSide) startScale(agreed datasets.Standardiser) {
	switch o.job.Data.Standardise {
	case StandardiseNone:
		o.setScale(datasets.Identity(o.scaledTable(o.train).Features))
	case StandardiseRanges:
		o.setScale(agreed)
	}
}

// checkFeatures refuses tables with other columns than the job lists, if it does.
func (o *OwnerSide) checkFeatures() error {
	if len(o.job.Data.Features) == 0 {
		return nil
	}
	agreed := datasets.Schema{Target: o.job.Data.Target, Features: o.job.Data.Features}
	for _, t := range o.tables() {
		if err := datasets.Compare(agreed, t.Schema(), "the job", t.Source); err != nil {
			return err
		}
	}
	return nil
}

// agreedScale returns the scaling of agreed ranges, and refuses rows outside of
// them. It is done before anything is shared, so that the error, which quotes a
// cell, stays at home.
func (o *OwnerSide) agreedScale() (s datasets.Standardiser, err error) {
	if o.job.Data.Standardise != StandardiseRanges {
		return s, nil
	}
	ranges, err := datasets.NewRanges(o.scaledTable(o.train).Features, o.job.Data.Ranges)
	if err != nil {
		return s, o.job.ErrorAt("$.data.ranges", "%v", err)
	}
	for _, t := range o.tables() {
		if err := ranges.Check(o.scaledTable(t)); err != nil {
			return s, err
		}
	}
	return ranges.Standardiser(), nil
}

// tables lists the owner's tables, the training rows first.
func (o *OwnerSide) tables() []*datasets.Table {
	if o.test == nil {
		return []*datasets.Table{o.train}
	}
	return []*datasets.Table{o.train, o.test}
}
