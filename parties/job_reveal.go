package parties

import (
	"encoding/json"
	"slices"
)

// What a job can open. Nothing else ever is.
const (
	RevealModel        = "model/final"       // all weights after the last step
	RevealMetrics      = "metrics/test"      // sums that say how good the joint model is on the test rows
	RevealStandardiser = "data/standardiser" // mean and deviation of each feature over all training rows
	RevealOverflow     = "train/overflow"    // at most one bit an epoch: did a value leave the fixed-point range
	RevealEarlyStop    = "train/early_stop"  // with train.early_stop one bit an epoch: did the loss fall
)

// Reveal is one line of the reveal list: what is opened, and to whom.
type Reveal struct {
	What string   `json:"what"`
	To   Audience `json:"to"`
}

// Audience is who hears an opening: a list of owners, which the servers do not
// hear, or Everyone.
type Audience []string

// Everyone returns the audience of all owners and all servers: `to: all`.
func Everyone() Audience { return Audience{"all"} }

// IsEveryone tells whether the servers hear it too.
func (a Audience) IsEveryone() bool { return len(a) == 1 && a[0] == "all" }

// Includes tells whether the owner hears it.
func (a Audience) Includes(owner string) bool { return a.IsEveryone() || slices.Contains(a, owner) }

// MarshalJSON writes "all" or the list of owners.
func (a Audience) MarshalJSON() ([]byte, error) {
	if a.IsEveryone() {
		return []byte(`"all"`), nil
	}
	return json.Marshal([]string(a))
}

// Audience returns who hears what; nobody if it is not on the reveal list.
func (j *Job) Audience(what string) Audience {
	for _, r := range j.Reveal {
		if r.What == what {
			return r.To
		}
	}
	return nil
}

// reveals returns the reveal list of a checked job in its fixed order: the
// user's lines (or the defaults when there are none), then what the protocol
// itself has to open.
func (j *Job) reveals() []Reveal {
	list := slices.Clone(j.Reveal)
	if list == nil {
		list = []Reveal{{RevealModel, j.OwnerNames()}, {RevealMetrics, Everyone()}}
	}
	j.Reveal = list
	if j.Data.Standardise == StandardiseJoint && j.Audience(RevealStandardiser) == nil {
		list = append(list, Reveal{RevealStandardiser, j.OwnerNames()})
	}
	if j.Audience(RevealOverflow) == nil {
		list = append(list, Reveal{RevealOverflow, Everyone()})
	}
	if j.Train.EarlyStop != nil && j.Audience(RevealEarlyStop) == nil {
		list = append(list, Reveal{RevealEarlyStop, Everyone()})
	}
	return sorted(list, j.OwnerNames())
}

// sorted puts the lines and the owners of each line into the order in which a
// job is agreed, whatever the order in the file.
func sorted(list []Reveal, owners []string) []Reveal {
	order := revealWords()
	slices.SortStableFunc(list, func(a, b Reveal) int {
		return slices.Index(order, a.What) - slices.Index(order, b.What)
	})
	for i, r := range list {
		to := slices.Clone(r.To)
		slices.SortStableFunc(to, func(a, b string) int {
			return slices.Index(owners, a) - slices.Index(owners, b)
		})
		list[i].To = to
	}
	return list
}

// Reveals lists what a job may open.
func Reveals() []string { return revealWords() }

func revealWords() []string {
	return []string{RevealModel, RevealMetrics, RevealStandardiser, RevealOverflow, RevealEarlyStop}
}
