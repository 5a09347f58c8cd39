package daemon

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/trefoil-ml/trefoil/internal/store"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// restore takes up the jobs of the store. What was running when the server ended
// is ready to run again.
func (d *daemon) restore() error {
	ids, err := d.store.Jobs(d.ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		stored, err := d.store.Job(d.ctx, id)
		if err != nil {
			return err
		}
		spec, self, err := d.parse(stored.Canonical)
		if err != nil {
			// Another version of the program may read it.
			d.Log.Error("a stored job is left alone", "job", id.String(), "error", err)
			continue
		}
		j := d.newJob(id, spec, stored.Canonical, self)
		if err := j.update(d.ctx, nil); err != nil {
			return fmt.Errorf("job %s: %w", id, err)
		}
		if p, ok := j.current(); ok && p.Failure != "" {
			j.failure = failureFrom(p, self)
		}
		d.keep(j)
	}
	return nil
}

// keep makes a job known and looks after it.
func (d *daemon) keep(j *job) {
	d.mu.Lock()
	d.jobs[j.id] = j
	d.mu.Unlock()
	d.goes(func() { j.probe(d.ctx) })
	d.stir()
}

// parse reads the canonical bytes of a job in which this is a server.
func (d *daemon) parse(canonical []byte) (*parties.Job, int, error) {
	spec, err := parties.ParseAgreed("job", canonical)
	if err != nil {
		return nil, 0, err
	}
	if !spec.Networked() {
		return nil, 0, fmt.Errorf("job %s has no servers", spec.Name)
	}
	if own := spec.Canonical(); !bytes.Equal(own, canonical) {
		return nil, 0, fmt.Errorf("these are not the job's canonical bytes as this program (wire version %d) writes them: %s", parties.WireVersion, difference(canonical, own))
	}
	self := slices.IndexFunc(spec.Servers, func(s parties.Server) bool { return s.Key == d.self })
	if self < 0 {
		return nil, 0, fmt.Errorf("this server, key %s, is not among the servers of job %s", d.self, spec.Name)
	}
	return spec, self, nil
}

// difference names the first line in which two texts differ.
func difference(got, want []byte) string {
	a, b := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d is %.100q, want %.100q", i+1, strings.TrimSpace(a[i]), strings.TrimSpace(b[i]))
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(a), len(b))
}

// failureFrom reads what the store keeps of a failed attempt: a failure as JSON,
// or a text of the store itself.
func failureFrom(p store.Phase, self int) *partypb.Failure {
	f := &partypb.Failure{}
	if protojson.Unmarshal([]byte(p.Failure), f) == nil && f.GetPhase() != "" {
		return f
	}
	return &partypb.Failure{
		Phase: p.Name, Attempt: uint32(p.Attempt), Server: int32(self), Reason: p.Failure,
		UnixNanos: p.Since.UnixNano(), By: serverName(self), Session: p.Session[:],
	}
}

func serverName(i int) string { return fmt.Sprintf("server %d", i) }
