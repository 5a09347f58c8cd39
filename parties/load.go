package parties

import (
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/datasets"
)

// load reads every owner's files and checks that they agree.
func (r *run) load() error {
	if err := r.job.CheckFiles(); err != nil {
		return err
	}
	if err := r.loadOwners(); err != nil {
		return err
	}
	if err := r.loadTest(); err != nil {
		return err
	}
	if err := r.checkSchemas(); err != nil {
		return err
	}
	for _, o := range r.owners {
		if err := o.prepare(); err != nil {
			return err
		}
		if err := o.takeStart(""); err != nil {
			return err
		}
	}
	if err := r.job.CheckRows(r.trainRows()); err != nil {
		return err
	}
	if err := r.job.checkTraining(r.owners[0].width(), r.trainRows()); err != nil {
		return err
	}
	r.warnOfSmallGroups()
	r.warnOfSteps()
	for _, text := range append(r.job.Warnings(), r.unmeasured()...) {
		r.warn("%s", text)
	}
	return nil
}

// trainKey returns the key of the job file that an error of training is about.
func (j *Job) trainKey(err error) string {
	for word, key := range map[string]string{
		"weight decay": "train.l2", "got a weight decay": "train.l2", "a momentum of": j.ratePath("momentum"),
		"got β": "train.optimizer.adam", "got ε": "train.optimizer.adam.epsilon",
		"got a factor": "train.schedule", "for the learning rate": "train.schedule",
	} {
		if strings.HasPrefix(err.Error(), "train: "+word) {
			return key
		}
	}
	return j.ratePath("learning_rate")
}

// fewRows is how many rows an owner should have so that sums over them hide each.
const fewRows = 10

// warnOfSmallGroups says where something that the job opens is a sum over so few
// that it shows a row, or one owner.
func (r *run) warnOfSmallGroups() {
	judges := r.job.evaluators()
	if len(judges) == 1 && len(r.owners) > 1 && r.job.Data.Test == nil && !r.job.commonImages() && len(r.job.Audience(RevealMetrics)) > 0 {
		r.warn("metrics/test are those of %s alone, the only owner with test rows that gets the model", judges[0])
	}
}

// warnOfSteps says where the job asks for more rows in a step, or more steps, than there
// are. The default of the batch is no wish of anybody.
func (r *run) warnOfSteps() {
	batch, rows := r.job.Train.Batch, r.job.fitRows(r.trainRows())
	if batch > rows && r.job.given("train.batch") {
		r.warn("train.batch is %d, but there are only %d training rows in all: each step takes all of them", batch, rows)
	}
	if text := r.job.longWarmUp(r.trainRows()); text != "" {
		r.warn("%s", text)
	}
}

// unmeasured says why the job's metrics cannot be had, if so.
func (r *run) unmeasured() []string {
	switch {
	case r.job.Audience(RevealMetrics) == nil || len(r.job.evaluators()) > 0:
		return nil
	case !slices.ContainsFunc(r.owners, func(o *OwnerSide) bool { return o.hasTest() }):
		return []string{"metrics/test is left out: there are no test rows"}
	}
	return []string{"metrics/test is left out: no owner that gets the model has test rows"}
}

// loadOwners loads the rows of every owner, and a set that they share once.
func (r *run) loadOwners() error {
	var set *datasets.ImageSet
	if r.job.commonImages() {
		var err error
		if set, err = r.job.loadSet(""); err != nil {
			return err
		}
	}
	for i := range r.job.Data.Owners {
		load := r.loadOwner
		if set != nil {
			load = func(i int) (*OwnerSide, error) { return dealImages(r.job, i, set, r.warn) }
		}
		o, err := load(i)
		if err != nil {
			return err
		}
		r.owners = append(r.owners, o)
	}
	return nil
}

func (r *run) loadOwner(index int) (*OwnerSide, error) {
	spec := r.job.Data.Owners[index]
	return loadOwner(r.job, index, spec.File, spec.Test, r.warn)
}

// loadTest reads the test rows that all owners share, if there are any.
func (r *run) loadTest() error {
	if r.job.Data.Test == nil {
		return nil
	}
	table, err := r.job.OpenTable(r.job.Data.Test.File)
	if err != nil {
		return err
	}
	for _, o := range r.owners {
		o.test, o.common = table, true
	}
	return nil
}

// checkSchemas refuses tables whose columns differ from the first owner's.
func (r *run) checkSchemas() error {
	first := r.owners[0].train
	if first == nil {
		return nil // images; their size was checked
	}
	for _, o := range r.owners {
		for _, t := range o.tables() {
			if err := datasets.Compare(first.Schema(), t.Schema(), first.Source, t.Source); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) trainRows() int {
	n := 0
	for _, o := range r.owners {
		n += o.trainRows()
	}
	return n
}
