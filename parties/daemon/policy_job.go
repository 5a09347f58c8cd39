package daemon

import (
	"crypto/ed25519"
	"fmt"
	"slices"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/parties"
)

// Audiences in a policy.
const (
	toAll    = "all"
	toOwners = "owners"
)

// audience returns whether a line allows everyone, or which owners; nil means any
// owners.
func (a Allowed) audience() (everyone bool, owners []string, err error) {
	switch to := a.To.(type) {
	case string:
		switch to {
		case toAll:
			return true, nil, nil
		case toOwners:
			return false, nil, nil
		}
	case []any:
		for _, v := range to {
			name, ok := v.(string)
			if !ok {
				return false, nil, fmt.Errorf("reveal %s: %v in the list of owners, want names", a.What, v)
			}
			owners = append(owners, name)
		}
		if len(owners) > 0 {
			return false, owners, nil
		}
	}
	return false, nil, fmt.Errorf("reveal %s: to is %v, want all, owners or a list of owners", a.What, a.To)
}

// covers reports whether a line allows an audience of the job. The policy's list
// names its own owners: whatever the job calls them, it is their keys that count.
func (p *Policy) covers(a Allowed, job *parties.Job, to parties.Audience) bool {
	everyone, owners, err := a.audience()
	switch {
	case err != nil:
		return false
	case everyone:
		return true
	case to.IsEveryone():
		return false
	case owners == nil:
		return true
	}
	allowed := map[string]bool{} // keys
	for _, k := range p.Owners {
		allowed[k.Key] = allowed[k.Key] || slices.Contains(owners, k.Name)
	}
	return !slices.ContainsFunc(job.Data.Owners, func(o parties.Owner) bool { return slices.Contains(to, o.Name) && !allowed[o.Key] })
}

// Admit reports the first thing about a checked job that the policy of the server
// with that key is against.
func (p *Policy) Admit(job *parties.Job, self ed25519.PublicKey) error {
	for _, check := range []func(*parties.Job) error{p.admitOwners, p.admitModel, p.admitReveal, p.admitSize} {
		if err := check(job); err != nil {
			return err
		}
	}
	return p.admitServers(job, self)
}

func (p *Policy) admitOwners(job *parties.Job) error {
	if most := p.Limits.Owners; most > 0 && len(job.Data.Owners) > most {
		return p.at("$.limits.owners", "the job has %d owners, this server takes at most %d", len(job.Data.Owners), most)
	}
	for _, o := range job.Data.Owners {
		if len(p.Owners) > 0 && !slices.ContainsFunc(p.Owners, func(k Known) bool { return k.Key == o.Key }) {
			return p.at("$.owners", "owner %s of the job, key %s, is not on the list of this server's operator", o.Name, o.Key)
		}
	}
	return nil
}

func (p *Policy) admitServers(job *parties.Job, self ed25519.PublicKey) error {
	for _, s := range job.Servers {
		on := slices.ContainsFunc(p.Servers, func(k Known) bool { return k.Key == s.Key })
		if len(p.Servers) > 0 && !on && s.Key != identity.Fingerprint(self) {
			return p.at("$.servers", "server %d of the job, key %s, is not on the list of this server's operator", s.ID, s.Key)
		}
	}
	return nil
}

func (p *Policy) admitModel(job *parties.Job) error {
	if kind := modelKind(job); len(p.Models) > 0 && !slices.Contains(p.Models, kind) {
		return p.at("$.models", "the job trains model %s, this server takes %v", kind, p.Models)
	}
	return nil
}

func (p *Policy) admitReveal(job *parties.Job) error {
	if len(p.Reveal) == 0 {
		return nil
	}
	for _, r := range job.Reveal {
		if r.What == parties.RevealOverflow {
			continue
		}
		if i := slices.IndexFunc(p.Reveal, func(a Allowed) bool { return a.What == r.What }); i < 0 {
			return p.at("$.reveal", "the job reveals %s, which this server does not", r.What)
		} else if !p.covers(p.Reveal[i], job, r.To) {
			return p.at(fmt.Sprintf("$.reveal[%d]", i), "the job reveals %s to %v, this server to %v at most", r.What, []string(r.To), p.Reveal[i].To)
		}
	}
	return nil
}

func (p *Policy) admitSize(job *parties.Job) error {
	if most, n := p.Limits.Features, len(job.Data.Features); most > 0 && n > most {
		return p.at("$.limits.features", "the job has %d features, this server takes at most %d", n, most)
	}
	if most, n := p.Limits.Epochs, job.Train.Epochs; most > 0 && n > most {
		return p.at("$.limits.epochs", "the job trains %d epochs, this server at most %d", n, most)
	}
	return nil
}

// admitRows reports whether that many training rows are within the limits. Only
// the sealed parts tell their number, so it is known when a phase begins.
func (p *Policy) admitRows(job *parties.Job, rows int64) error {
	if most := p.Limits.Rows; most > 0 && rows > most {
		return p.at("$.limits.rows", "the owners have %d training rows together, this server takes at most %d", rows, most)
	}
	batch := min(int64(max(job.Train.Batch, 1)), max(rows, 1))
	epoch := (rows + batch - 1) / batch
	// The product may be beyond 64 bits, as the sum would be with a larger batch.
	if most, epochs := p.Limits.Steps, int64(job.Train.Epochs); most > 0 && epoch > 0 && epochs > most/epoch {
		return p.at("$.limits.steps", "%d rows are %d epochs of %d steps of training, this server takes at most %d steps", rows, epochs, epoch, most)
	}
	return nil
}

// modelKind names the kind of model of a job.
func modelKind(job *parties.Job) string { return job.Model }
