package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// download is one sealed delivery on its way from its server.
type download struct {
	server *server
	job    [32]byte
	what   *partypb.Delivery
	idle   time.Duration // without a chunk coming in
	pause  time.Duration // between attempts
	got    bytes.Buffer
}

// run downloads until all of it is here, going on where an attempt has ended.
func (f *download) run(ctx context.Context) ([]byte, error) {
	for failed, before := 0, 0; ; {
		err := f.server.stream(ctx, f.attempt)
		if err == nil {
			return f.got.Bytes(), nil
		}
		if ctx.Err() != nil || !passing(err) {
			return nil, err
		}
		if f.got.Len() > before {
			before, failed = f.got.Len(), 0
		}
		if failed++; failed > retries {
			return nil, err
		}
		if err := pause(ctx, f.pause); err != nil {
			return nil, err
		}
	}
}

// attempt asks for the rest. A stream that stalls is ended.
func (f *download) attempt(ctx context.Context, api partypb.ConsortiumClient) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stalled := time.AfterFunc(f.idle, func() {
		cancel(status.Errorf(codes.DeadlineExceeded, "nothing has come in for %v", f.idle))
	})
	defer stalled.Stop()
	stream, err := api.Fetch(ctx, &partypb.FetchRequest{
		JobHash: f.job[:], Item: f.what.GetItem(), Session: f.what.GetSession(), Offset: uint64(f.got.Len()),
	})
	for err == nil && uint64(f.got.Len()) < f.what.GetLength() {
		var reply *partypb.FetchReply
		if reply, err = stream.Recv(); err == nil {
			stalled.Reset(f.idle)
			err = f.take(reply.GetChunk())
		}
	}
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("sent %d bytes of %s, and has announced %d", f.got.Len(), f.what.GetItem().GetWhat(), f.what.GetLength())
	case err != nil && context.Cause(ctx) != nil:
		return context.Cause(ctx)
	case err != nil:
		return err
	}
	if digest := sha256.Sum256(f.got.Bytes()); !bytes.Equal(digest[:], f.what.GetDigest()) {
		return fmt.Errorf("sent another %s than it has announced", f.what.GetItem().GetWhat())
	}
	return nil
}

// take keeps the next bytes.
func (f *download) take(c *partypb.Chunk) error {
	if c.GetOffset() != uint64(f.got.Len()) || len(c.GetData()) == 0 {
		return fmt.Errorf("sent %d bytes from offset %d of %s, want some from %d", len(c.GetData()), c.GetOffset(), f.what.GetItem().GetWhat(), f.got.Len())
	}
	f.got.Write(c.GetData())
	return nil
}
