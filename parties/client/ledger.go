package client

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// FileReceipts is the file in an owner's folder of a job that keeps the receipts,
// and all that is needed to go on after an interruption.
const FileReceipts = "receipts.json"

// Ledger is what an owner has handed in of a job, as its file keeps it.
type Ledger struct {
	Job     string                 `json:"job"`
	JobHash string                 `json:"job_hash"`
	Owner   string                 `json:"owner"`
	File    string                 `json:"file"` // the owner's rows; they are not in here
	Test    string                 `json:"test,omitempty"`
	Start   string                 `json:"start,omitempty"` // a model to start from
	Content string                 `json:"sha256"`          // of all files
	Items   map[string]*HandedItem `json:"items"`

	dir string
}

// HandedItem is one cutting of an item into three parts.
type HandedItem struct {
	Split    string        `json:"split"`              // random name of the cutting
	Parts    [3]HandedPart `json:"parts"`              // for servers 0, 1 and 2
	Replaces bool          `json:"replaces,omitempty"` // it takes the place of what is at the servers

	// Next is to take the place of this cutting, and does when the first server
	// has taken its part. Until then this one is what the servers have.
	Next *HandedItem `json:"next,omitempty"`
}

// HandedPart is a sealed part and the server's receipt for it.
type HandedPart struct {
	Digest  string `json:"sha256"`
	Length  int64  `json:"bytes"`
	Receipt []byte `json:"receipt,omitempty"` // signature; none until the part has arrived
}

// Complete reports whether all three servers have given receipts.
func (h *HandedItem) Complete() bool {
	for _, p := range h.Parts {
		if len(p.Receipt) == 0 {
			return false
		}
	}
	return true
}

// thereAll reports whether all three servers have exactly these parts, and have
// given receipts.
func (h *HandedItem) thereAll(states uploadStates) bool { return h.Complete() && h.holds(states) }

// holds reports whether the servers still have what they have given receipts for.
func (h *HandedItem) holds(states uploadStates) bool {
	for k, state := range states {
		there := state.GetComplete() && hex.EncodeToString(state.GetHead().GetDigest()) == h.Parts[k].Digest
		if len(h.Parts[k].Receipt) > 0 && !there {
			return false
		}
	}
	return true
}

// begun reports whether a server has given a receipt.
func (h *HandedItem) begun() bool {
	return slices.ContainsFunc(h.Parts[:], func(p HandedPart) bool { return len(p.Receipt) > 0 })
}

// taken notes a server's receipt for a part of a cutting, which is from now on the
// one that counts.
func (l *Ledger) taken(it parties.Item, h *HandedItem, server int, receipt []byte) error {
	h.Parts[server].Receipt = receipt
	h.Replaces = h.Replaces && !h.Complete()
	l.Items[it.What] = h
	return l.save()
}

// plan notes a cutting that is to be handed in.
func (l *Ledger) plan(it parties.Item, h *HandedItem) error {
	if old := l.Items[it.What]; old != nil {
		old.Next = h
	} else {
		l.Items[it.What] = h
	}
	return l.save()
}

// drop forgets a cutting of which no server has taken a part.
func (l *Ledger) drop(it parties.Item, h *HandedItem) error {
	if old := l.Items[it.What]; old == h {
		delete(l.Items, it.What)
	} else if old != nil {
		old.Next = nil
	}
	l.discard(it)
	return l.save()
}

// Dir is the folder of the ledger, beside the job file unless told otherwise.
func (l *Ledger) Dir() string { return l.dir }

// ledgerDir is the default folder: a job that differs in a byte has another.
func (c *Client) ledgerDir() string {
	name := strings.ReplaceAll(c.Job.Name, " ", "-")
	return filepath.Join(c.Job.Dir, fmt.Sprintf("%s-%s-%s", name, c.Me.Name, hex.EncodeToString(c.hash[:4])))
}

// openLedger reads the ledger in dir, or starts one.
func (c *Client) openLedger(dir string) (*Ledger, error) {
	if dir == "" {
		dir = c.ledgerDir()
	}
	l := &Ledger{
		Job: c.Job.Name, JobHash: hex.EncodeToString(c.hash[:]), Owner: c.Me.Name,
		Items: map[string]*HandedItem{}, dir: dir,
	}
	text, err := os.ReadFile(l.path(FileReceipts))
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, plain(err)
	}
	old := &Ledger{dir: dir}
	if err := json.Unmarshal(text, old); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", l.path(FileReceipts), err)
	}
	if old.JobHash != l.JobHash || old.Owner != l.Owner {
		return nil, hintf("name another folder with --state", "%s belongs to owner %s of another job", dir, old.Owner)
	}
	if old.Items == nil {
		old.Items = l.Items
	}
	return old, nil
}

func (l *Ledger) path(name string) string { return filepath.Join(l.dir, name) }

// save writes the ledger, whole or not at all.
func (l *Ledger) save() error {
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return plain(err)
	}
	text, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	temp := l.path(FileReceipts + ".new")
	if err := os.WriteFile(temp, append(text, '\n'), 0o600); err != nil {
		return plain(err)
	}
	return plain(os.Rename(temp, l.path(FileReceipts)))
}

// take notes the owner's files, and refuses others than those of which parts are
// handed in already.
func (l *Ledger) take(files parties.OwnerFiles) error {
	content, err := digestFiles(files.Rows, files.Test, files.Start)
	if err != nil {
		return err
	}
	if len(l.Items) > 0 && l.Content != content {
		what, name := "rows are", files.Rows
		if files.Start != "" {
			what, name = "rows or the model to start from are", name+" or "+files.Start
		}
		return hintf("share the file as it was, or agree on a new job (another name is enough) and share that",
			"the %s not those of which parts have been handed in before: %s has changed, or it is another file", what, name)
	}
	l.File, l.Test, l.Start = files.Rows, files.Test, files.Start
	l.Content = content
	return nil
}

// receipt is what a server has signed for a part.
func (l *Ledger) receipt(job [32]byte, it parties.Item, server int) (*partypb.Receipt, error) {
	p := l.Items[it.What].Parts[server]
	digest, err := hex.DecodeString(p.Digest)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", l.path(FileReceipts), err)
	}
	return &partypb.Receipt{
		JobHash: job[:], Item: wireItem(it), Server: uint32(server), Digest: digest, Length: uint64(p.Length), Signature: p.Receipt,
	}, nil
}
