package parties

import (
	"fmt"

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
	if err := r.job.CheckRows(r.trainRows()); err != nil {
		return err
	}
	if err := r.job.Train.optimizer().Prepare(r.job.Number.FractionBits, r.job.Train.Batch); err != nil {
		return r.job.ErrorAt("train.learning_rate", "%v", err)
	}
	for _, text := range r.job.Warnings() {
		r.warn("%s", text)
	}
	return nil
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
	first := r.owners[0]
	compare := func(t *datasets.Table) error {
		if t == nil {
			return nil
		}
		return datasets.Compare(first.train.Schema(), t.Schema(), first.train.Source, t.Source)
	}
	for _, o := range r.owners {
		if err := compare(o.train); err != nil {
			return err
		}
		if err := compare(o.test); err != nil {
			return err
		}
	}
	if r.test != nil {
		return compare(r.test.test)
	}
	return nil
}

func (r *run) trainRows() int {
	n := 0
	for _, o := range r.owners {
		n += o.train.Rows()
	}
	return n
}
