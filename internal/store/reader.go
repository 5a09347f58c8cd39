package store

import (
	"context"
	"io"
)

// Reader reads what was uploaded or is to be delivered, one chunk at a time.
type Reader struct {
	ctx    context.Context
	s      *Store
	job    ID
	blob   blob
	offset int64
	buf    []byte // one chunk
	rest   []byte // of it, not yet returned
}

// Size returns the length of all of it.
func (r *Reader) Size() int64 { return r.blob.Length }

// Read implements [io.Reader]. A read transaction is open within a call only.
func (r *Reader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.offset == r.blob.Length {
			return 0, io.EOF
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *Reader) next() error {
	return r.s.look(r.ctx, r.job, func(j *jobTx) error {
		data := j.chunk(r.blob.Blob, r.offset)
		if len(data) == 0 || int64(len(data)) > r.blob.Length-r.offset {
			return wrong(ErrNotFound, "the bytes from %d on: removed while they were read, or damaged", r.offset)
		}
		r.buf = append(r.buf[:0], data...)
		r.rest = r.buf
		r.offset += int64(len(data))
		return nil
	})
}
