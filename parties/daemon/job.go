package daemon

import (
	"context"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// job is a job on this server: what never changes, and a copy of how it stands in
// the store, with what need not survive a restart.
type job struct {
	d         *daemon
	id        store.ID
	spec      *parties.Job
	canonical []byte
	phases    []parties.Phase
	self      int // which server of the job this is

	lines lines // of uploads

	flow sync.Mutex // held while the job in the store and its copy here change together

	mu        sync.Mutex
	added     time.Time
	approvals []parties.Approval
	states    []store.Phase
	parts     map[parties.Item]*partypb.UploadStateReply // the complete ones
	cancelled *store.Cancellation

	progress *partypb.Progress // while a phase runs
	network  *partypb.Network  // as last measured since the start
	failure  *partypb.Failure
	peers    [3]*partypb.PeerState
	lost     [3]string    // what a look at another server shows to be lost, there or here
	asked    [3]time.Time // when what is in peers was asked for
	waiting  string       // why server 0 does not start the phase
	next     time.Time    // when server 0 looks at it again
	tries    int          // failed attempts in a row
	retries  int          // refused proposals in a row
	stop     context.CancelCauseFunc
	sequence uint64
	changed  chan struct{} // closed at the next change
}

func (d *daemon) newJob(id store.ID, spec *parties.Job, canonical []byte, self int) *job {
	return &job{
		d: d, id: id, spec: spec, canonical: canonical, phases: spec.Phases(), self: self,
		parts: map[parties.Item]*partypb.UploadStateReply{}, changed: make(chan struct{}),
	}
}

// list returns all jobs, the oldest first.
func (d *daemon) list() []*job {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []*job
	for _, j := range d.jobs {
		all = append(all, j)
	}
	slices.SortFunc(all, func(a, b *job) int { return a.added.Compare(b.added) })
	return all
}

// find returns a job that is here.
func (d *daemon) find(id store.ID) *job {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.jobs[id]
}

// update runs f, which may change the job in the store, brings the copy here up
// to date, makes the next phase ready if all it needs is here, and tells who
// watches.
func (j *job) update(ctx context.Context, f func() error) error {
	j.flow.Lock()
	defer j.flow.Unlock()
	if f != nil {
		if err := f(); err != nil {
			return err
		}
	}
	if err := j.read(ctx); err != nil {
		return err
	}
	if p, ok := j.current(); ok && p.State == store.Waiting && len(j.missingApprovals()) == 0 && len(j.missingParts(p.Name)) == 0 {
		if _, err := j.d.store.ReadyPhase(ctx, j.id, p.Name); err != nil {
			return err
		}
		if err := j.read(ctx); err != nil {
			return err
		}
	}
	j.set(func() { j.retries, j.next = 0, time.Time{} })
	j.d.stir()
	return nil
}

// read copies the job from the store.
func (j *job) read(ctx context.Context) error {
	stored, err := j.d.store.Job(ctx, j.id)
	if err != nil {
		return err
	}
	uploads, err := j.d.store.Uploads(ctx, j.id)
	if err != nil {
		return err
	}
	signed, err := j.d.store.Approvals(ctx, j.id)
	if err != nil {
		return err
	}
	approvals, err := approvalsFrom(signed, j.spec)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.added.IsZero() {
		j.added = stored.Added // before others see the job
	}
	j.states, j.cancelled, j.approvals = stored.Phases, stored.Cancelled, approvals
	clear(j.parts)
	for _, u := range uploads {
		reply := &partypb.UploadStateReply{}
		if u.Complete && proto.Unmarshal(u.Receipt, reply) == nil {
			j.parts[parties.Item(u.Item)] = reply
		}
	}
	return nil
}

// set changes what is not in the store, and tells who watches.
func (j *job) set(f func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if f != nil {
		f()
	}
	j.sequence++
	close(j.changed)
	j.changed = make(chan struct{})
}

// changes returns a channel that is closed at the next change.
func (j *job) changes() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.changed
}

// current returns the first phase that is not done, and whether there is one. A
// cancelled job has none.
func (j *job) current() (store.Phase, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.currentLocked()
}

func (j *job) currentLocked() (store.Phase, bool) {
	if j.cancelled != nil {
		return store.Phase{}, false
	}
	i := slices.IndexFunc(j.states, func(p store.Phase) bool { return p.State != store.Done })
	if i < 0 {
		return store.Phase{}, false
	}
	return j.states[i], true
}

// stateOf returns how a phase stands, and whether the job has it.
func (j *job) stateOf(name string) (store.Phase, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := slices.IndexFunc(j.states, func(p store.Phase) bool { return p.Name == name })
	if i < 0 {
		return store.Phase{}, false
	}
	return j.states[i], true
}

// over reports whether nothing is left to do for the job.
func (j *job) over() bool {
	_, more := j.current()
	return !more
}

func (j *job) missingApprovals() []parties.Party {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.spec.MissingApprovals(j.approvals)
}

// missingParts lists what a phase needs that is not complete here.
func (j *job) missingParts(phase string) []parties.Item {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.missingLocked(phase)
}

func (j *job) missingLocked(phase string) (missing []parties.Item) {
	for _, it := range j.needs(phase) {
		if j.parts[it] == nil {
			missing = append(missing, it)
		}
	}
	return missing
}

// needs lists what a phase needs.
func (j *job) needs(phase string) []parties.Item {
	for _, p := range j.phases {
		if p.Name == phase {
			return p.Needs
		}
	}
	return nil
}

// phaseOf returns the phase that needs an item.
func (j *job) phaseOf(it parties.Item) (string, bool) {
	for _, p := range j.phases {
		if slices.Contains(p.Needs, it) {
			return p.Name, true
		}
	}
	return "", false
}

// approval returns that of a party.
func (j *job) approval(role parties.Role, name string) (parties.Approval, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := slices.IndexFunc(j.approvals, func(a parties.Approval) bool { return a.Role == role && a.Name == name })
	if i < 0 {
		return parties.Approval{}, false
	}
	return j.approvals[i], true
}
