package store

import (
	"crypto/sha256"
	"encoding"
	"errors"
	"fmt"
	"hash"

	berrors "go.etcd.io/bbolt/errors"
)

// MaxChunk is the most bytes that one transaction stores.
const MaxChunk = 1 << 20

// MinChunk is the fewest bytes that an upload takes at a time, but for its end:
// each chunk costs a record and an fsync.
const MinChunk = 16 << 10

// blob is a long byte string in chunks. The state of its running SHA-256 is kept,
// so that going on after a crash does not read it all again.
type blob struct {
	Blob   uint64 `json:"blob"` // its number within the job
	Length int64  `json:"length"`
	Offset int64  `json:"offset"` // how much is there
	Hash   []byte `json:"hash,omitempty"`
}

// newBlob makes room for a blob of a length, within the quotas.
func (j *jobTx) newBlob(length int64) (blob, error) {
	n, err := j.bucket(chunksBucket).NextSequence()
	if err != nil {
		return blob{}, err
	}
	state, err := marshalHash(sha256.New())
	return blob{Blob: n, Length: length, Hash: state}, err
}

// Each chunk is in a bucket of its own: bbolt writes a page anew when a key
// beside the changed one is on it, and keys with long values would share one.
var chunkData = []byte("data")

// putChunk stores the bytes of a blob from an offset on.
func (j *jobTx) putChunk(blob uint64, offset int64, data []byte) error {
	chunks, err := j.bucket(chunksBucket).CreateBucketIfNotExists(number(blob))
	if err != nil {
		return err
	}
	chunk, err := chunks.CreateBucketIfNotExists(number(uint64(offset)))
	if err != nil {
		return err
	}
	return chunk.Put(chunkData, data)
}

// chunk returns what putChunk stored, nil if nothing.
func (j *jobTx) chunk(blob uint64, offset int64) []byte {
	b := j.bucket(chunksBucket)
	for _, key := range []uint64{blob, uint64(offset)} {
		if b = b.Bucket(number(key)); b == nil {
			return nil
		}
	}
	return b.Get(chunkData)
}

// remove deletes the chunks of a blob.
func (j *jobTx) remove(b blob) error {
	err := j.bucket(chunksBucket).DeleteBucket(number(b.Blob))
	if errors.Is(err, berrors.ErrBucketNotFound) { // it has none yet
		return nil
	}
	return err
}

// add stores the next bytes of a blob.
func (j *jobTx) add(b *blob, data []byte) error {
	if err := j.putChunk(b.Blob, b.Offset, data); err != nil {
		return err
	}
	h, err := unmarshalHash(b.Hash)
	if err != nil {
		return err
	}
	h.Write(data)
	b.Offset += int64(len(data))
	b.Hash, err = marshalHash(h)
	return err
}

// sum is the SHA-256 of what is there.
func (b *blob) sum() (ID, error) {
	h, err := unmarshalHash(b.Hash)
	if err != nil {
		return ID{}, err
	}
	return ID(h.Sum(nil)), nil
}

func marshalHash(h hash.Hash) ([]byte, error) {
	return h.(encoding.BinaryMarshaler).MarshalBinary()
}

func unmarshalHash(state []byte) (hash.Hash, error) {
	h := sha256.New()
	if err := h.(encoding.BinaryUnmarshaler).UnmarshalBinary(state); err != nil {
		return nil, fmt.Errorf("damaged record of a digest: %w", err)
	}
	return h, nil
}
