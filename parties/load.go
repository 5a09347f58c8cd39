package parties

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/datasets"
)

// load reads every owner's files and checks that they agree.
func (r *run) load() error {
	if err := r.job.CheckFiles(); err != nil {
		return err
	}
	for i, spec := range r.job.Data.Owners {
		o, err := r.loadOwner(i, spec)
		if err != nil {
			return err
		}
		r.owners = append(r.owners, o)
	}
	if err := r.loadTest(); err != nil {
		return err
	}
	if err := r.checkSchemas(); err != nil {
		return err
	}
	if err := r.checkRanges(); err != nil {
		return err
	}
	if err := r.job.CheckRows(r.trainRows()); err != nil {
		return err
	}
	if err := r.job.training(r.width()).Check(r.job.Number.FractionBits, r.trainRows()); err != nil {
		return r.job.ErrorAt(trainKey(err), "%v", err)
	}
	r.warnOfSmallGroups()
	for _, text := range append(r.job.Warnings(), r.unmeasured()...) {
		r.warn("%s", text)
	}
	return nil
}

// trainKey returns the key of the job file that an error of training is about.
func trainKey(err error) string {
	for word, key := range map[string]string{"weight decay": "train.l2", "a momentum of": "train.momentum"} {
		if strings.HasPrefix(err.Error(), "train: "+word) {
			return key
		}
	}
	return "train.learning_rate"
}

// fewRows is how many rows an owner should have so that sums over them hide each.
const fewRows = 10

// warnOfSmallGroups says where something that the job opens is a sum over so few
// that it shows a row, or one owner.
func (r *run) warnOfSmallGroups() {
	for _, o := range r.owners {
		if n := o.train.Rows(); n < fewRows && r.job.Data.Standardise == StandardiseJoint && len(r.owners) > 1 {
			r.warn("owner %s has only %d rows: the others can work out much of them from the joint mean and deviation (with one row, all of it); agreed ranges open nothing", o.name, n)
		}
	}
	if judges := r.evaluators(); len(judges) == 1 && len(r.owners) > 1 && r.test == nil && len(r.job.Audience(RevealMetrics)) > 0 {
		r.warn("metrics/test are those of %s alone, the only owner with test rows that gets the model", judges[0].name)
	}
}

// unmeasured says why the job's metrics cannot be had, if so.
func (r *run) unmeasured() []string {
	switch {
	case r.job.Audience(RevealMetrics) == nil || len(r.evaluators()) > 0:
		return nil
	case r.test == nil && !slices.ContainsFunc(r.owners, func(o *owner) bool { return o.test != nil }):
		return []string{"metrics/test is left out: there are no test rows"}
	}
	return []string{"metrics/test is left out: no owner that gets the model has test rows"}
}

func (r *run) loadOwner(index int, spec Owner) (*owner, error) {
	o := &owner{name: spec.Name, index: index}
	table, err := r.open(spec.File)
	if err != nil {
		return nil, err
	}
	o.train = table
	switch {
	case spec.Test != "":
		o.test, err = r.open(spec.Test)
	case spec.TestFraction > 0:
		o.train, o.test, err = table.Split(spec.Name, spec.TestFraction)
		if err == nil && o.train.Rows() == 0 {
			err = fmt.Errorf("owner %s: a test fraction of %g leaves no training rows", spec.Name, spec.TestFraction)
		}
	}
	if o.test != nil && o.test.Rows() == 0 {
		r.warn("owner %s: a test fraction of %g of %d rows is no row at all", spec.Name, spec.TestFraction, table.Rows())
		o.test = nil
	}
	return o, err
}

func (r *run) open(file string) (*datasets.Table, error) {
	return datasets.OpenCSV(r.job.Path(file), r.job.Data.Target)
}

// loadTest reads the test rows that all owners share, if there are any.
func (r *run) loadTest() error {
	if r.job.Data.Test == nil {
		return nil
	}
	table, err := r.open(r.job.Data.Test.File)
	if err != nil {
		return err
	}
	r.test = &owner{name: r.job.Data.Test.File, test: table}
	return nil
}

// checkSchemas refuses tables whose columns differ from the first owner's.
func (r *run) checkSchemas() error {
	first := r.owners[0].train
	for _, t := range r.tables() {
		if err := datasets.Compare(first.Schema(), t.Schema(), first.Source, t.Source); err != nil {
			return err
		}
	}
	return nil
}

// checkRanges refuses rows outside of the agreed ranges. It is done before
// anything is shared, so that the error, which quotes a cell, stays at home.
func (r *run) checkRanges() (err error) {
	if r.job.Data.Standardise != StandardiseRanges {
		return nil
	}
	if r.ranges, err = datasets.NewRanges(r.owners[0].train.Features, r.job.Data.Ranges); err != nil {
		return r.job.ErrorAt("$.data.ranges", "%v", err)
	}
	for _, t := range r.tables() {
		if err := r.ranges.Check(t); err != nil {
			return err
		}
	}
	return nil
}

// tables lists all tables of the run, the first owner's training rows first.
func (r *run) tables() (list []*datasets.Table) {
	for _, o := range r.owners {
		list = append(list, o.train)
		if o.test != nil {
			list = append(list, o.test)
		}
	}
	if r.test != nil {
		list = append(list, r.test.test)
	}
	return list
}

// width is the number of columns that the servers see: features, and sites.
func (r *run) width() int {
	n := len(r.owners[0].train.Features)
	if r.job.Data.SiteIntercepts {
		n += len(r.owners)
	}
	return n
}

func (r *run) trainRows() int {
	n := 0
	for _, o := range r.owners {
		n += o.train.Rows()
	}
	return n
}
