package daemon

import (
	"crypto/ed25519"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/parties"
)

// Policy is what an operator lets a server take part in. A job outside it is
// refused, with the line of the file that is against it.
//
// The YAML names are those of the file. Every part can be left out: then nothing
// limits that respect.
type Policy struct {
	// Owners and Servers are whom this operator knows. They may submit jobs. If a
	// list is there, all owners (or all other servers) of a job must be on it.
	Owners  []Known `yaml:"owners"`
	Servers []Known `yaml:"servers"`

	// Models are the kinds of model that may be trained.
	Models []string `yaml:"models"`

	// Reveal lists what may be opened, and to whom at most: all, owners, or a list
	// of owners. The overflow bit (train/overflow), without which no job runs,
	// need not be on it.
	Reveal []Allowed `yaml:"reveal"`

	Limits PolicyLimits `yaml:"limits"`

	source source
}

// Known is somebody by name and public key. The name is for messages and for the
// lists of Reveal; a job may call the same key otherwise.
type Known struct {
	Name string `yaml:"name"`
	Key  string `yaml:"key"`
}

// Allowed is one line of what may be opened.
type Allowed struct {
	What string `yaml:"what"`
	To   any    `yaml:"to"` // "all", "owners" or a list of names
}

// PolicyLimits bound a job. 0 means the default for bytes and jobs, and no limit
// for the others.
type PolicyLimits struct {
	Rows        int64 `yaml:"rows"`        // training rows of all owners
	Features    int   `yaml:"features"`    // columns
	Epochs      int   `yaml:"epochs"`      //
	Steps       int64 `yaml:"steps"`       // of training
	Owners      int   `yaml:"owners"`      // of a job
	PartMiB     int64 `yaml:"part_mib"`    // one item of one owner; default 1024
	StoreGiB    int64 `yaml:"store_gib"`   // everything that is kept; default 256
	Jobs        int   `yaml:"jobs"`        // that are kept; default 100
	Connections int   `yaml:"connections"` // at a time, two for each server that calls in a phase; default 256
	Strangers   int   `yaml:"strangers"`   // connections of keys that are not known; default 32
	Uploads     int   `yaml:"uploads"`     // at a time; default 16
	Watchers    int   `yaml:"watchers"`    // at a time; default 64
}

// maxJobBytes is the longest canonical job, as long as a job file may be.
const maxJobBytes = 256 << 10

func (l PolicyLimits) withDefaults() PolicyLimits {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	if l.PartMiB == 0 {
		l.PartMiB = 1024
	}
	if l.StoreGiB == 0 {
		l.StoreGiB = 256
	}
	def(&l.Jobs, 100)
	def(&l.Connections, 256)
	def(&l.Strangers, 32)
	def(&l.Uploads, 16)
	def(&l.Watchers, 64)
	return l
}

// partBytes is the largest sealed part.
func (l PolicyLimits) partBytes() int64 { return l.PartMiB << 20 }

// noPolicy is that of a server whose operator has not written one.
func noPolicy() *Policy { return &Policy{Limits: PolicyLimits{}.withDefaults()} }

// LoadPolicy reads a policy file.
func LoadPolicy(path string) (*Policy, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ParsePolicy(path, text)
}

// ParsePolicy reads a policy; file is its name in errors. An unknown or double
// key, a wrong type and a key that is none are errors with their line.
func ParsePolicy(file string, text []byte) (*Policy, error) {
	p := &Policy{}
	var err error
	if p.source, err = decode(file, text, p); err != nil {
		return nil, err
	}
	p.Limits = p.Limits.withDefaults()
	return p, p.check()
}

// check looks for what no policy can mean.
func (p *Policy) check() error {
	for list, known := range map[string][]Known{"owners": p.Owners, "servers": p.Servers} {
		for i, k := range known {
			if _, err := identity.ParseFingerprint(k.Key); err != nil {
				return p.at(fmt.Sprintf("$.%s[%d]", list, i), "%s %q: %v", list, k.Name, err)
			}
		}
	}
	for i, m := range p.Models {
		if !slices.Contains(parties.Models(), m) {
			return p.at(fmt.Sprintf("$.models[%d]", i), "model %q is unknown, want one of %s", m, strings.Join(parties.Models(), ", "))
		}
	}
	for i, a := range p.Reveal {
		if !slices.Contains(parties.Reveals(), a.What) {
			return p.at(fmt.Sprintf("$.reveal[%d]", i), "reveal %q is unknown, want one of %s", a.What, strings.Join(parties.Reveals(), ", "))
		}
		_, owners, err := a.audience()
		if err != nil {
			return p.at(fmt.Sprintf("$.reveal[%d]", i), "%v", err)
		}
		for _, name := range owners {
			if !slices.ContainsFunc(p.Owners, func(k Known) bool { return k.Name == name }) {
				return p.at(fmt.Sprintf("$.reveal[%d]", i), "reveal %s: %s is not in the list of owners of this policy, which says whose key that is", a.What, name)
			}
		}
	}
	return p.checkLimits()
}

func (p *Policy) checkLimits() error {
	l := p.Limits
	for name, v := range map[string]int64{
		"rows": l.Rows, "features": int64(l.Features), "epochs": int64(l.Epochs), "steps": l.Steps, "owners": int64(l.Owners),
		"part_mib": l.PartMiB, "store_gib": l.StoreGiB, "jobs": int64(l.Jobs), "connections": int64(l.Connections),
		"strangers": int64(l.Strangers), "uploads": int64(l.Uploads), "watchers": int64(l.Watchers),
	} {
		if v < 0 || v > 1<<40 {
			return p.at("$.limits."+name, "limits.%s is %d, want 0 to 2^40", name, v)
		}
	}
	return nil
}

// at is an error that names a line of the file.
func (p *Policy) at(path, format string, args ...any) error {
	return fmt.Errorf("%s: "+format, append([]any{p.source.place(path)}, args...)...)
}

// name returns what the policy calls the holder of a key.
func (p *Policy) name(key ed25519.PublicKey) (string, bool) {
	text := identity.Fingerprint(key)
	for _, list := range [][]Known{p.Owners, p.Servers} {
		for _, k := range list {
			if k.Key == text {
				return k.Name, true
			}
		}
	}
	return "", false
}
