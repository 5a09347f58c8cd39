package client

import (
	"crypto/sha256"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// broken is a server whose downloads end after a chunk, or go silent.
type broken struct {
	partypb.UnimplementedConsortiumServer
	t       *testing.T
	text    []byte
	chunk   int
	silent  bool
	mu      sync.Mutex
	offsets []uint64
}

// asked lists the offsets that downloads began at.
func (b *broken) asked() []uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.offsets
}

func (b *broken) Fetch(r *partypb.FetchRequest, st grpc.ServerStreamingServer[partypb.FetchReply]) error {
	b.mu.Lock()
	b.offsets = append(b.offsets, r.GetOffset())
	b.mu.Unlock()
	if _, limited := st.Context().Deadline(); limited {
		b.t.Error("a download has no deadline: it lasts as long as it moves")
	}
	end := min(int(r.GetOffset())+b.chunk, len(b.text))
	if b.chunk > 0 {
		err := st.Send(&partypb.FetchReply{Chunk: &partypb.Chunk{Offset: r.GetOffset(), Data: b.text[r.GetOffset():end]}})
		if err != nil {
			return err
		}
	}
	if b.silent {
		<-st.Context().Done()
	}
	return status.Error(codes.Unavailable, "the connection is gone")
}

func (b *broken) download(idle time.Duration) *download {
	digest := sha256.Sum256(b.text)
	return &download{
		server: fake(b.t, b), idle: idle, pause: time.Millisecond,
		what: &partypb.Delivery{Item: &partypb.Item{What: "model"}, Length: uint64(len(b.text)), Digest: digest[:]},
	}
}

// A download that breaks off again and again goes on where it was, as long as each
// attempt brings something.
func TestDownloadGoesOn(t *testing.T) {
	b := &broken{t: t, text: make([]byte, 10*1000+1), chunk: 1000}
	b.text[5000] = 7
	got, err := b.download(stallAfter).run(t.Context())
	require.NoError(t, err)
	require.Equal(t, b.text, got)
	require.Equal(t, []uint64{0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10000}, b.asked())
}

// One on which nothing comes in is tried again, and given up when that is of no use.
func TestDownloadThatStalls(t *testing.T) {
	b := &broken{t: t, text: make([]byte, 3000), chunk: 1000, silent: true}
	got, err := b.download(300 * time.Millisecond).run(t.Context())
	require.NoError(t, err)
	require.Equal(t, b.text, got)

	b = &broken{t: t, text: make([]byte, 3000), silent: true}
	_, err = b.download(20 * time.Millisecond).run(t.Context())
	require.ErrorContains(t, err, "no answer in time")
	require.Len(t, b.asked(), retries+1)
}

// What a server has not announced is an error at once.
func TestDownloadOfSomethingElse(t *testing.T) {
	b := &broken{t: t, text: make([]byte, 3000), chunk: 3000}
	f := b.download(stallAfter)
	b.text = append(b.text[:2999:2999], 1)
	_, err := f.run(t.Context())
	require.ErrorContains(t, err, "sent another model than it has announced")
	b.text, b.chunk = nil, 1
	f = b.download(stallAfter)
	f.what.Length = 5
	_, err = f.run(t.Context())
	require.ErrorContains(t, err, "sent 0 bytes from offset 0 of model, want some from 0")
}
