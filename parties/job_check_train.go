package parties

import "fmt"

// checkTrain checks the optimiser, the schedule and the clipping.
func (j *Job) checkTrain() *JobError {
	if o := j.Train.Optimizer; o != nil && o.Adam != nil {
		if err := j.checkAdam(*o.Adam); err != nil {
			return err
		}
	}
	if c := j.Train.Clip; !(c >= 0 && c <= largestClip) {
		return j.ErrorAt("train.clip", "train.clip is %v, want 0 (none) to %d", c, largestClip)
	}
	if err := j.checkEarlyStop(); err != nil {
		return err
	}
	return j.checkSchedule()
}

// largestClip is the largest bound that package train clips gradients at.
const largestClip = 32

func (j *Job) checkAdam(a Adam) *JobError {
	const path = "train.optimizer.adam"
	for i, v := range []float64{a.Beta1, a.Beta2} {
		if key := fmt.Sprintf("%s.beta%d", path, i+1); !(v > 0 && v < 1) {
			return j.ErrorAt(key, "%s is %v, want more than 0 and less than 1", key, v)
		}
	}
	if !(a.Epsilon > 0) || !finite(a.Epsilon) {
		return j.ErrorAt(path+".epsilon", "%s.epsilon is %v, want a number above 0", path, a.Epsilon)
	}
	return nil
}

func (j *Job) checkSchedule() *JobError {
	const path = "train.schedule"
	s := j.Train.Schedule
	switch {
	case s == nil:
		return nil
	case s.Step != nil && s.Cosine != nil:
		return j.ErrorAt(path, "%s has both step and cosine, want one of them", path)
	case *s == Schedule{}:
		return j.ErrorAt(path, "%s is empty", path).withHint("one of: step, cosine, warmup")
	case s.WarmUp < 0:
		return j.ErrorAt(path+".warmup", "%s.warmup is %d, want a number of steps", path, s.WarmUp)
	case s.Step != nil && s.Step.Every < 1:
		return j.ErrorAt(path+".step.every", "%s.step.every is %d, want 1 or more epochs", path, s.Step.Every)
	case s.Step != nil && !(s.Step.Factor > 0 && s.Step.Factor <= 1):
		return j.ErrorAt(path+".step.factor", "%s.step.factor is %v, want more than 0 and at most 1", path, s.Step.Factor)
	case s.Cosine != nil && !(s.Cosine.Final >= 0 && s.Cosine.Final <= 1):
		return j.ErrorAt(path+".cosine.final", "%s.cosine.final is %v, want 0 to 1", path, s.Cosine.Final)
	}
	return nil
}
