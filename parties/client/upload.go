package client

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// Uploads.
const (
	chunkSize  = partypb.MaxChunk
	stallAfter = time.Minute      // without a chunk going out
	retries    = 5                // in a row without progress
	retryPause = 2 * time.Second  // between them
	busyPause  = 30 * time.Second // the longest, if a server has too many uploads
)

// upload is one sealed part on its way to its server.
type upload struct {
	server *server
	head   *partypb.UploadHead
	path   string
	pause  time.Duration     // between attempts, at first
	sent   func(bytes int64) // told how much has gone out; may be nil
	busy   func()            // told that the server has too many uploads; may be nil
}

// busyError is a refusal of a server that says that it passes.
type busyError struct{ error }

func (e *busyError) Unwrap() error { return e.error }

// run uploads until the server has all of it, going on where an earlier attempt,
// in this process or before, has ended. It waits for a server that has too many
// uploads, longer each time.
func (u *upload) run(ctx context.Context) (*partypb.UploadStateReply, error) {
	var before uint64
	wait := u.pause
	for failed := 0; ; {
		state, err := u.attempt(ctx)
		_, busy := errors.AsType[*busyError](err)
		switch {
		case err == nil || ctx.Err() != nil || !busy && !passing(err):
			return state, err
		case busy:
			u.waits()
			wait = min(2*wait, busyPause)
		case state.GetOffset() > before:
			before, failed, wait = state.GetOffset(), 1, u.pause
		default:
			if failed++; failed > retries {
				return nil, err
			}
		}
		if err := pause(ctx, wait); err != nil {
			return nil, err
		}
	}
}

func (u *upload) waits() {
	if u.busy != nil {
		u.busy()
	}
}

// attempt asks how much is there and sends the rest.
func (u *upload) attempt(ctx context.Context) (state *partypb.UploadStateReply, err error) {
	err = u.server.call(ctx, func(ctx context.Context, api partypb.ConsortiumClient) (err error) {
		state, err = api.UploadState(ctx, &partypb.UploadStateRequest{JobHash: u.head.JobHash, Item: u.head.Item})
		return err
	})
	if err != nil {
		return nil, err
	}
	same := bytes.Equal(state.GetHead().GetDigest(), u.head.Digest)
	if same && state.GetComplete() {
		return state, nil
	}
	offset := uint64(0)
	if same {
		offset = state.GetOffset()
	}
	err = u.server.stream(ctx, func(ctx context.Context, api partypb.ConsortiumClient) error {
		got, err := u.send(ctx, api, offset)
		if err == nil {
			state = got
		}
		return err
	})
	return state, err
}

// send streams the part from an offset on. A stream that stalls is ended.
func (u *upload) send(ctx context.Context, api partypb.ConsortiumClient, offset uint64) (*partypb.UploadStateReply, error) {
	f, err := os.Open(u.path)
	if err != nil {
		return nil, plain(err)
	}
	defer f.Close()
	if _, err := f.Seek(int64(offset), io.SeekStart); err != nil {
		return nil, plain(err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stalled := time.AfterFunc(stallAfter, func() {
		cancel(status.Errorf(codes.DeadlineExceeded, "nothing has gone out for %v", stallAfter))
	})
	defer stalled.Stop()
	stream, err := api.Upload(ctx)
	if err != nil {
		return nil, err
	}
	err = stream.Send(&partypb.UploadRequest{Message: &partypb.UploadRequest_Head{Head: u.head}})
	for buf := make([]byte, chunkSize); err == nil; {
		n, end := io.ReadFull(f, buf)
		if n > 0 {
			chunk := &partypb.Chunk{Offset: offset, Data: bytes.Clone(buf[:n])}
			err = stream.Send(&partypb.UploadRequest{Message: &partypb.UploadRequest_Chunk{Chunk: chunk}})
			offset += uint64(n)
			stalled.Reset(stallAfter)
			u.tell(int64(offset))
		}
		if end != nil {
			break // the end of the file, or less than the digest promises, which the server sees
		}
	}
	reply, err := stream.CloseAndRecv() // has the reason if sending failed
	if err != nil && len(stream.Trailer().Get(partypb.RetryAfter)) > 0 {
		err = &busyError{err}
	}
	if err != nil && context.Cause(ctx) != nil {
		err = context.Cause(ctx)
	}
	return reply, err
}

func (u *upload) tell(offset int64) {
	if u.sent != nil {
		u.sent(offset)
	}
}

// checkReceipt reports an error unless the server has signed for exactly the part
// of a head.
func (s *server) checkReceipt(job [32]byte, it parties.Item, head *partypb.UploadHead, state *partypb.UploadStateReply) ([]byte, error) {
	r := state.GetReceipt()
	if !state.GetComplete() || r == nil {
		return nil, &ServerError{s.id, s.address, fmt.Errorf("took the whole part of %s and gave no receipt", it.What)}
	}
	want := &partypb.Receipt{JobHash: job[:], Item: wireItem(it), Server: uint32(s.id), Digest: head.GetDigest(), Length: head.GetLength()}
	if err := identity.Verify(s.key, partypb.ReceiptContext, want.SignedBytes(), r.GetSignature()); err != nil {
		return nil, &ServerError{s.id, s.address, fmt.Errorf("receipt for %s: %w", it.What, err)}
	}
	return r.GetSignature(), nil
}

// newUpload prepares the upload of one part of a cutting of the ledger.
func (c *Client) newUpload(s *server, l *Ledger, it parties.Item, h *HandedItem) (*upload, error) {
	p := h.Parts[s.id]
	digest, err := hex.DecodeString(p.Digest)
	split, err2 := hex.DecodeString(h.Split)
	if err := errors.Join(err, err2); err != nil || len(digest) != 32 {
		return nil, fmt.Errorf("%s is damaged: %w", l.path(FileReceipts), err)
	}
	return &upload{server: s, pause: retryPause, path: l.sealed(it, h, s.id), head: &partypb.UploadHead{
		JobHash: c.hash[:], Item: wireItem(it),
		Digest: digest, Length: uint64(p.Length), Split: split, Replace: h.Replaces,
	}}, nil
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
