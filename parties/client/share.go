package client

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// Options are those of an owner's work on a job.
type Options struct {
	File    string // the owner's rows; empty for its share of a known set of images
	Test    string // its test rows, if the job says that they are in a second file
	Start   string // the model to start from, if this owner hands it in and the job does not name the file
	Dir     string // where receipts and unfinished uploads are kept; empty: beside the job
	Replace bool   // replace parts that are complete at the servers
	NoWait  bool   // fetch: do without what other owners have yet to hand in

	Tell func(text string)                                // told what happens, for people; may be nil
	Warn func(text string)                                // told what to look at; nil: Tell is
	Sent func(item string, server int, sent, total int64) // told how uploads get on; may be nil
}

// desk is an owner at work on a job.
type desk struct {
	*Client
	opt    Options
	side   *parties.OwnerSide
	ledger *Ledger
	over   int // phases of which this owner has got something
	warned []string
	past   map[string]int // phases that are over, and the server that said so first
	mu     sync.Mutex     // of ledger
}

// sit loads the owner's rows and what it has done before.
func (c *Client) sit(opt Options) (*desk, error) {
	owner, err := c.owner()
	if err != nil {
		return nil, err
	}
	d := &desk{Client: c, opt: opt, past: map[string]int{}}
	if d.ledger, err = c.openLedger(opt.Dir); err != nil {
		return nil, err
	}
	if opt.File == "" && d.ledger.File == "" && c.Job.Data.Dataset == "" {
		return nil, hintf("name the file with your rows, the one that you shared", "there are no receipts in %s that say where the rows are", d.ledger.dir)
	}
	if opt.File == "" {
		opt.File, opt.Test = d.ledger.File, d.ledger.Test
	}
	opt.Start = cmp.Or(opt.Start, d.ledger.Start, c.Job.StartFile(owner))
	if err := errors.Join(absolute(&opt.File), absolute(&opt.Test), absolute(&opt.Start)); err != nil {
		return nil, err
	}
	files := parties.OwnerFiles{Rows: opt.File, Test: opt.Test, Start: opt.Start}
	if d.side, err = parties.NewOwnerSide(c.Job, owner, files, d.warn); err != nil {
		return nil, err
	}
	return d, d.ledger.take(files)
}

// absolute makes a path one that holds in every folder.
func absolute(path *string) (err error) {
	if *path != "" {
		*path, err = filepath.Abs(*path)
	}
	return err
}

func (d *desk) warn(text string) {
	if !slices.Contains(d.warned, text) {
		d.warned = append(d.warned, text)
		if d.opt.Warn != nil {
			d.opt.Warn(text)
			return
		}
		d.tell("warning: %s", text)
	}
}

func (d *desk) tell(format string, args ...any) {
	if d.opt.Tell != nil {
		d.opt.Tell(fmt.Sprintf(format, args...))
	}
}

// Share hands in an owner's rows: it checks them against the job, splits them,
// seals each part to its server, uploads the parts and keeps the receipts. If the
// features are scaled by joint statistics, it first hands in sums, waits for the
// other owners' and uses the outcome. It can be ended at any time; to share again
// goes on, and what is there already is not sent twice.
func (c *Client) Share(ctx context.Context, opt Options) (*Ledger, error) {
	d, err := c.sit(opt)
	if err != nil {
		return nil, err
	}
	if err := d.approved(ctx); err != nil {
		return nil, d.lost(ctx, err)
	}
	for _, phase := range c.Job.Phases() {
		if phase.Name == parties.PhaseMetrics { // needs the model: fetch hands in the counts
			break
		}
		if err := d.handInAll(ctx, phase); err != nil {
			return nil, err
		}
		if phase.Name == parties.PhaseStandardise {
			if err := d.acceptAll(ctx, phase); err != nil {
				return nil, err
			}
		}
	}
	return d.ledger, nil
}

// approved refuses to hand in rows for a job that this owner has not signed. It
// passes on approvals that a server may not have.
func (d *desk) approved(ctx context.Context) error {
	known, err := d.approvals(ctx)
	if slices.ContainsFunc(known, func(a parties.Approval) bool { return a.Party == d.Me }) {
		_, errs := d.pass(ctx, known)
		return errors.Join(errs...)
	}
	if err != nil {
		return err
	}
	return hintf("trainer approve shows what the job opens, and signs it", "owner %s has not approved this job", d.Me.Name)
}

// Receipts reads what this owner has handed in, from its folder of the job, and
// verifies every receipt. It asks no server.
func (c *Client) Receipts(dir string) (*Ledger, error) {
	if _, err := c.owner(); err != nil {
		return nil, err
	}
	l, err := c.openLedger(dir)
	if err != nil {
		return nil, err
	}
	if len(l.Items) == 0 {
		return nil, hintf("trainer share hands in your rows", "there are no receipts in %s", l.dir)
	}
	return l, c.CheckReceipts(l)
}

// CheckReceipts verifies every receipt of the ledger against the servers' keys.
func (c *Client) CheckReceipts(l *Ledger) error {
	if l.JobHash != hex.EncodeToString(c.hash[:]) {
		return errors.New("the receipts are of another job")
	}
	for what, h := range l.Items {
		for k := range h.Parts {
			r, err := l.receipt(c.hash, parties.Item{What: what, Owner: l.Owner}, k)
			if err == nil {
				err = identity.Verify(c.servers[k].key, partypb.ReceiptContext, r.SignedBytes(), r.GetSignature())
			}
			if err != nil {
				return fmt.Errorf("receipt of server %d for %s: %w", k, what, err)
			}
		}
	}
	return nil
}

func wireItem(it parties.Item) *partypb.Item { return &partypb.Item{What: it.What, Owner: it.Owner} }
