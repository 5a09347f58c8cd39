package parties

import "slices"

// Phases of a job. Each is one session of the three servers. It begins when the
// owners have handed in all that it needs, so nothing in it waits for an owner,
// and one that failed can be run again from the same parts.
const (
	PhaseStandardise = "standardise" // adds the owners' sums to the joint mean and deviation
	PhaseTrain       = "train"       // fits the model
	PhaseMetrics     = "metrics"     // adds the owners' counts to the pooled metrics
)

// Things that owners hand in or are given.
const (
	ItemSums         = "sums"         // exact sums of an owner's features, and its number of rows
	ItemFeatures     = "features"     // its scaled rows
	ItemTargets      = "targets"      // and their targets
	ItemStart        = "start"        // weights of a secret model to start from
	ItemStartFile    = "start-file"   // a public one, as it is
	ItemCounts       = "counts"       // what the model got right on its test rows
	ItemStandardiser = "standardiser" // the joint sums
	ItemModel        = "model"        // the trained weights
	ItemMetrics      = "metrics"      // the joint counts
)

// Item names something between the servers and an owner.
type Item struct{ What, Owner string }

// Phase is one session of a job, what it needs and what it gives, in the order
// of the job's owners.
type Phase struct {
	Name         string
	Needs, Gives []Item
}

// Phases lists the phases of a checked job in order.
func (j *Job) Phases() []Phase {
	owners := j.OwnerNames()
	var list []Phase
	if j.Data.Standardise == StandardiseJoint {
		list = append(list, Phase{PhaseStandardise, items(owners, ItemSums), items(owners, ItemStandardiser)})
	}
	list = append(list, Phase{PhaseTrain, append(items(owners, ItemFeatures, ItemTargets), j.startItems()...), items(j.hearers(RevealModel), ItemModel)})
	if j.pooling() {
		list = append(list, Phase{PhaseMetrics, items(j.evaluators(), ItemCounts), items(j.hearers(RevealMetrics), ItemMetrics)})
	}
	return list
}

func items(owners []string, what ...string) (list []Item) {
	for _, o := range owners {
		for _, w := range what {
			list = append(list, Item{w, o})
		}
	}
	return list
}

// Of lists those items that are the owner's.
func Of(owner string, list []Item) (own []Item) {
	for _, it := range list {
		if it.Owner == owner {
			own = append(own, it)
		}
	}
	return own
}

// hearers lists the owners that hear what.
func (j *Job) hearers(what string) []string {
	audience := j.Audience(what)
	return slices.DeleteFunc(j.OwnerNames(), func(o string) bool { return !audience.Includes(o) })
}

// evaluators lists the owners whose test rows count for the pooled metrics:
// those who get the model and have rows of their own, or the first of those who
// get it for the common test rows.
func (j *Job) evaluators() []string {
	hearers := j.hearers(RevealModel)
	if j.Data.Test != nil || j.commonImages() {
		return hearers[:min(1, len(hearers))]
	}
	if j.Data.Dataset != "" {
		return hearers // each with test images of its own
	}
	return slices.DeleteFunc(hearers, func(o string) bool { return !j.owner(o).hasTest() })
}

// owner returns the owner of a name that is in the job.
func (j *Job) owner(name string) Owner {
	return j.Data.Owners[slices.Index(j.OwnerNames(), name)]
}

func (o Owner) hasTest() bool { return o.Test != "" || o.TestFraction > 0 }

// pooling tells whether the job reveals pooled metrics and somebody can judge.
func (j *Job) pooling() bool {
	return len(j.Audience(RevealMetrics)) > 0 && len(j.evaluators()) > 0
}
