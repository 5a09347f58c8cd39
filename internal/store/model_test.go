package store

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// random takes random steps on a store.
type random struct {
	t *testing.T
	r *rapid.T
	s *Store
}

func (r *random) id() ID { return sum([]byte(r.pick("job", "a", "b", "c"))) }

func (r *random) pick(label string, of ...string) string {
	return rapid.SampledFrom(of).Draw(r.r, label)
}

func (r *random) item() Item {
	return Item{r.pick("what", "features", "targets"), r.pick("owner", "o", "p")}
}

// data is what an upload or delivery holds: there are few, so that some are sent
// twice and some instead of others.
func (r *random) data() []byte {
	return bytesOf(byte(rapid.IntRange(0, 1).Draw(r.r, "data")), rapid.SampledFrom([]int{1, MinChunk, 3*MinChunk + 1}).Draw(r.r, "length"))
}

func (r *random) session() ID { return ID{byte(rapid.IntRange(1, 4).Draw(r.r, "session"))} }

// steps are all methods that write.
func (r *random) steps() map[string]func() error {
	ctx, s, phase := r.t.Context(), r.s, func() string { return r.pick("phase", phases...) }
	return map[string]func() error{
		"add": func() error {
			name := r.pick("job", "a", "b", "c")
			return second(s.AddJob(ctx, sum([]byte(name)), []byte(name), phases))
		},
		"approve": func() error {
			return s.AddApproval(ctx, r.id(), r.pick("signer", "x", "y"), []byte(r.pick("text", "one", "two")), fresh)
		},
		"announce": func() error {
			data := r.data()
			return second(s.BeginUpload(ctx, r.id(), r.item(), int64(len(data)), sum(data)))
		},
		"append":  func() error { return r.append() },
		"receipt": func() error { return second(s.FinishUpload(ctx, r.id(), r.item(), []byte("receipt"))) },
		"upload":  func() error { return second(send(ctx, s, r.id(), r.item(), r.data(), MinChunk)) },
		"discard": func() error { return s.DiscardUpload(ctx, r.id(), phase(), r.item()) },
		"ready":   func() error { return second(s.ReadyPhase(ctx, r.id(), phase())) },
		"begin":   func() error { return second(s.BeginPhase(ctx, r.id(), phase(), r.session())) },
		"finish":  func() error { return second(s.FinishPhase(ctx, r.id(), phase(), r.session(), []byte("r"))) },
		"fail":    func() error { return second(s.FailPhase(ctx, r.id(), phase(), r.session(), "why")) },
		"again":   func() error { return second(s.AgainPhase(ctx, r.id(), phase(), "why")) },
		"deliver": func() error {
			return s.PutDelivery(ctx, r.id(), phase(), r.session(), r.item(), bytes.NewReader(r.data()))
		},
		"cancel": func() error { return s.CancelJob(ctx, r.id(), "o", "why") },
		"drop":   func() error { return s.DropJob(ctx, r.id()) },
		"audit":  func() error { return s.AddAudit(ctx, r.id(), "line") },
	}
}

// append sends a piece of some data to an upload, often the right one.
func (r *random) append() error {
	id, it := r.id(), r.item()
	u, err := r.s.Upload(r.t.Context(), id, it)
	if err != nil {
		return err
	}
	data := r.data()
	from := min(int(u.Offset), len(data))
	to := min(from+rapid.SampledFrom([]int{1, MinChunk, 2 * MinChunk}).Draw(r.r, "n"), len(data))
	return second(r.s.AppendUpload(r.t.Context(), id, it, int64(from), data[from:to]))
}

// Whatever happens in whatever order, the store is consistent, a method that
// fails changed nothing, and opening the store again changes nothing but what was
// running.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := temp(t, Options{MaxJobs: 2, MaxJobBytes: 7 * MinChunk, MaxBytes: 9 * MinChunk})
		r := &random{t, rt, s}
		steps := r.steps()
		names := []string{"add", "approve", "announce", "append", "receipt", "upload", "discard", "ready", "begin", "finish", "fail", "again", "deliver", "cancel", "drop", "audit"}
		require.Len(rt, names, len(steps))
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			name := rapid.SampledFrom(names).Draw(rt, "step")
			before := snapshot(t, s)
			err := steps[name]()
			after := snapshot(t, s)
			var digest *DigestError
			if err != nil && !errors.As(err, &digest) && name != "upload" { // an upload is several steps
				require.Equal(rt, before, after, "%s: %v", name, err)
			}
			requireConsistent(t, s)
		}
		before := snapshot(t, s)
		reopen(t, s)
		requireConsistent(t, s)
		if !bytes.Contains([]byte(before), []byte(`"running"`)) {
			require.Equal(rt, before, snapshot(t, s))
		}
	})
}
