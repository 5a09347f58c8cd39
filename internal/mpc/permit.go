package mpc

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// All is the receiver that stands for the three servers and so for everybody.
const All = "all"

// Line is one line of a job's reveal list: what may be opened, and to whom:
// [All], or names of owners.
type Line struct {
	What string
	To   []string
}

// Policy is the reveal list of an agreed job. Nothing that is not on it can be
// opened.
type Policy struct{ lines []Line }

// NewPolicy returns the policy with these lines. Only the code that agrees on
// a job, and tests, may call it.
func NewPolicy(lines ...Line) *Policy {
	q := &Policy{slices.Clone(lines)}
	for i, l := range lines {
		q.lines[i].To = slices.Clone(l.To)
	}
	return q
}

// Permit lets one kind of value be opened. The zero Permit opens nothing.
type Permit struct {
	policy *Policy
	line   Line
}

// Permit returns the permit for what, or an error that names what the list has.
func (q *Policy) Permit(what string) (Permit, error) {
	var have []string
	for _, l := range q.lines {
		if l.What == what {
			return Permit{q, l}, nil
		}
		have = append(have, l.What)
	}
	return Permit{}, fmt.Errorf("reveal %q is not on the job's list (%s)", what, strings.Join(have, ", "))
}

// Opening is an entry of the audit log: one use of a permit.
type Opening struct {
	Seq    int      `json:"seq"`
	What   string   `json:"what"`
	To     []string `json:"to"`
	Step   string   `json:"step"`
	Values int      `json:"values"`
	Round  int      `json:"round"`
}

type auditLog struct {
	mu      sync.Mutex
	entries []Opening
}

func (l *auditLog) list() []Opening {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries)
}

func (l *auditLog) add(o Opening) Opening {
	l.mu.Lock()
	defer l.mu.Unlock()
	o.Seq = len(l.entries) + 1
	l.entries = append(l.entries, o)
	return o
}

// authorise checks a permit against the session's policy and writes the
// opening into the audit log, before a word is sent.
func (s *session) authorise(by Permit, toServers bool, values int) {
	if err := by.check(s.policy, toServers); err != nil {
		s.Fail(err)
	}
	o := s.audit.add(Opening{What: by.line.What, To: by.line.To, Step: s.steps.String(), Values: values, Round: s.rounds()})
	if s.opts.OnOpen == nil {
		return
	}
	if err := s.opts.OnOpen(o); err != nil {
		s.Fail(fmt.Errorf("audit log: %w", err))
	}
}

func (by Permit) check(policy *Policy, toServers bool) error {
	switch {
	case by.policy == nil || by.policy != policy:
		return fmt.Errorf("reveal: got a permit of another job, want one of this session's policy")
	case toServers != slices.Contains(by.line.To, All):
		return fmt.Errorf("reveal %q: the job's list lets %s have it", by.line.What, strings.Join(by.line.To, ", "))
	}
	return nil
}
