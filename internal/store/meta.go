package store

import (
	"encoding/json"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// The layout: at the root
//
//	meta              "meta": schema, identity, bytes
//	sessions          id of every session ever begun
//	jobs/<hash>       one bucket for each job, with
//	    canonical     the canonical bytes
//	    info          state of the job
//	    approvals     signer → approval
//	    phases        name → phase
//	    attempts      phase, number → attempt
//	    uploads       item → upload
//	    deliveries    session, item → delivery
//	    chunks/<blob>/<offset>  "data": bytes
//	    audit         number → entry
var (
	metaBucket     = []byte("meta")
	jobsBucket     = []byte("jobs")
	sessionsBucket = []byte("sessions")

	canonicalKey    = []byte("canonical")
	infoKey         = []byte("info")
	approvalsBucket = []byte("approvals")
	phasesBucket    = []byte("phases")
	attemptsBucket  = []byte("attempts")
	uploadsBucket   = []byte("uploads")
	deliverBucket   = []byte("deliveries")
	chunksBucket    = []byte("chunks")
	auditBucket     = []byte("audit")
)

// jobBuckets are made with every job.
var jobBuckets = [][]byte{approvalsBucket, phasesBucket, attemptsBucket, uploadsBucket, deliverBucket, chunksBucket, auditBucket}

type meta struct {
	Schema   int    `json:"schema"`
	Identity string `json:"identity"`
	Bytes    int64  `json:"bytes"` // of all jobs
}

// checkMeta refuses files that this program cannot use and sets up new ones.
func (s *Store) checkMeta(tx *bolt.Tx) error {
	for _, name := range [][]byte{jobsBucket, sessionsBucket} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	b, err := tx.CreateBucketIfNotExists(metaBucket)
	if err != nil {
		return err
	}
	m, ok, err := get[meta](b, metaBucket)
	if err != nil {
		return err
	}
	if !ok {
		return put(b, metaBucket, meta{Schema: schema, Identity: s.opt.Identity})
	}
	if m.Schema != schema {
		return fmt.Errorf("layout version %d, this program knows version %d: use the program that wrote it, or a newer one", m.Schema, schema)
	}
	if want := s.opt.Identity; want != "" && m.Identity != want {
		return fmt.Errorf("it belongs to %s, not to %s: give the key that belongs to it, or start with a new store", m.Identity, want)
	}
	return nil
}

// get reads a record; ok says whether it is there.
func get[T any](b *bolt.Bucket, key []byte) (v T, ok bool, err error) {
	data := b.Get(key)
	if data == nil {
		return v, false, nil
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return v, false, fmt.Errorf("damaged record %q: %w", key, err)
	}
	return v, true, nil
}

// put writes a record.
func put(b *bolt.Bucket, key []byte, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return b.Put(key, data)
}

// each reads every record of a bucket, in order of keys.
func each[T any](b *bolt.Bucket, f func(key []byte, v T) error) error {
	return b.ForEach(func(key, data []byte) error {
		var v T
		if err := json.Unmarshal(data, &v); err != nil {
			return fmt.Errorf("damaged record %q: %w", key, err)
		}
		return f(key, v)
	})
}
