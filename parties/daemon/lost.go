package daemon

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// phasesOver lists the phases that are over here.
func (j *job) phasesOver() (names []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, p := range j.states {
		if p.State == store.Done {
			names = append(names, p.Name)
		}
	}
	return names
}

// miss notes a phase that was over here before another server said that it waits
// for what the phase needs, or the other way round: all three have run it, so one
// has lost its store since. Its parts cannot be brought again, because the others
// do not replace what they have used, and nothing will become of the job.
func (j *job) miss(server int, over []string, there *partypb.JobStatus) {
	text := ""
	for _, phase := range there.GetPhasesDone() {
		if p, ok := j.stateOf(phase); ok && p.State == store.Waiting && text == "" {
			text = lostText(j.self, phase)
		}
	}
	for _, phase := range over {
		if lacks(there, phase) && text == "" {
			text = lostText(server, phase)
		}
	}
	j.mu.Lock()
	known := j.lost[server] == text
	j.mu.Unlock()
	if known {
		return
	}
	j.d.Log.Warn("phase lost", "job", j.id.String(), "server", server, "what", text)
	j.set(func() { j.lost[server] = text })
}

func lostText(server int, phase string) string {
	return fmt.Sprintf("server %d has lost phase %s, or its operator has removed the job: run it again under another name", server, phase)
}

// lacks reports whether a server waits for what a phase needs, or does not know the
// job. One that is ready to run it has died before it noted the end.
func lacks(there *partypb.JobStatus, phase string) bool {
	switch there.GetState() {
	case partypb.JobState_JOB_STATE_UNSPECIFIED:
		return true
	case partypb.JobState_JOB_STATE_PROPOSED, partypb.JobState_JOB_STATE_WAITING:
		return !slices.Contains(there.GetPhasesDone(), phase)
	}
	return false
}

// lostPhases says what is lost, or nothing; j.mu is held.
func (j *job) lostPhases() string {
	known := slices.DeleteFunc(slices.Clone(j.lost[:]), func(text string) bool { return text == "" })
	slices.Sort(known)
	return strings.Join(slices.Compact(known), "; ")
}
