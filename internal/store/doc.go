// Package store keeps what one server must not lose, in one file: jobs,
// approvals, the parts that owners uploaded, how far each phase is, what is
// waiting for owners to fetch, and the audit log.
//
//	s, err := store.Open("server.db", store.Options{Identity: key.Fingerprint()})
//	defer s.Close()
//	added, err := s.AddJob(ctx, job.Hash(), job.Canonical(), []string{"standardise", "train"})
//
// What a method acknowledged by returning nil is on disk; a crash at any moment
// loses no more than what was not acknowledged. A method that fails changed
// nothing.
//
// An upload is begun, appended to in chunks and finished; after a break it goes
// on where it was:
//
//	u, err := s.BeginUpload(ctx, id, item, length, digest) // u.Offset is where to go on
//	u, err = s.AppendUpload(ctx, id, item, u.Offset, chunk)
//	u, err = s.FinishUpload(ctx, id, item, receipt)        // when u.Offset == u.Length
//
// A phase goes waiting → ready → running → done, or failed and ready again:
//
//	p, err := s.BeginPhase(ctx, id, "train", session)
//	err = s.PutDelivery(ctx, id, "train", session, item, reader)
//	err = s.FinishPhase(ctx, id, "train", session, report) // publishes its deliveries
//
// The store holds parts and deliveries sealed as they came; it has no key and
// opens nothing. It is safe for use by many goroutines. The file is one of
// go.etcd.io/bbolt: a single file, a transaction is one fsync, pure Go, no
// process of its own to run.
package store
