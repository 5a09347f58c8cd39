//go:build !linux

package main

// asBatch runs start: only Linux has a scheduling for batch jobs.
func asBatch(start func() error) error { return start() }
