package main

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// asBatch runs start, whose processes inherit the scheduling of batch jobs: who has
// waited does not push aside who computes. Where it cannot be had it is done without.
func asBatch(start func() error) error {
	runtime.LockOSThread() // processes inherit it from the thread
	defer runtime.UnlockOSThread()
	before, err := unix.SchedGetAttr(0, 0)
	if err != nil || before.Policy != unix.SCHED_NORMAL {
		return start()
	}
	batch := *before
	batch.Policy = unix.SCHED_BATCH
	if unix.SchedSetAttr(0, &batch, 0) == nil {
		defer func() { _ = unix.SchedSetAttr(0, before, 0) }()
	}
	return start()
}
