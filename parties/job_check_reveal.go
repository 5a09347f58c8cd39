package parties

import (
	"fmt"
	"slices"
	"strings"
)

// checkReveals checks the user's reveal list, if the job has one.
func (j *Job) checkReveals() *JobError {
	for i := range j.Reveal {
		if err := j.checkReveal(i); err != nil {
			return err
		}
	}
	if j.Reveal != nil && j.Audience(RevealModel) == nil {
		return j.ErrorAt("reveal", "reveal does not name %s, so nothing would come out", RevealModel).
			withHint("%s too needs it: the owners that get the model judge it", RevealMetrics)
	}
	return nil
}

func (j *Job) checkReveal(i int) *JobError {
	what, path := j.Reveal[i].What, fmt.Sprintf("reveal[%d]", i)
	if what == "" {
		return j.ErrorAt(path, "%s has no what", path).withHint("one of: %s", strings.Join(revealWords(), ", "))
	}
	if !slices.Contains(revealWords(), what) {
		return j.ErrorAt(path+".what", "%s.what is %q, which is unknown", path, what).
			withHint("%s", suggest(what, revealWords()))
	}
	for _, other := range j.Reveal[:i] {
		if what == other.What {
			return j.ErrorAt(path+".what", "%s is in the reveal list twice", what)
		}
	}
	if err := j.checkAudience(j.Reveal[i].To, path+".to"); err != nil {
		return err
	}
	return j.checkNeeded(j.Reveal[i], path)
}

func (j *Job) checkAudience(to Audience, path string) *JobError {
	if len(to) == 0 {
		return j.ErrorAt(path, "%s is empty, want all or a list of owners", path)
	}
	if to.IsEveryone() {
		return nil
	}
	for i, name := range to {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !slices.Contains(j.OwnerNames(), name) {
			return j.ErrorAt(at, "%q in %s is no owner of this job", name, path).
				withHint("%s", suggest(name, append(j.OwnerNames(), "all")))
		}
		if slices.Contains(to[:i], name) {
			return j.ErrorAt(at, "%s is in %s twice", name, path)
		}
	}
	return nil
}

// checkNeeded refuses to narrow what the protocol has to open.
func (j *Job) checkNeeded(r Reveal, path string) *JobError {
	switch r.What {
	case RevealOverflow:
		if !r.To.IsEveryone() {
			return j.ErrorAt(path+".to", "%s must go to all: everyone stops when training leaves the range", r.What)
		}
	case RevealEarlyStop:
		if j.Train.EarlyStop == nil {
			return j.ErrorAt(path+".what", "%s is not opened without train.early_stop", r.What)
		}
		if !r.To.IsEveryone() {
			return j.ErrorAt(path+".to", "%s must go to all: everyone stops then", r.What)
		}
	case RevealStandardiser:
		if j.Data.Standardise != StandardiseJoint {
			return j.ErrorAt(path+".what", "%s is not opened with data.standardise: %s", r.What, j.Data.Standardise)
		}
		for _, o := range j.OwnerNames() {
			if !r.To.Includes(o) {
				return j.ErrorAt(path+".to", "%s must go to every owner, and %s is missing: owners scale their rows with it", r.What, o)
			}
		}
	}
	return nil
}
