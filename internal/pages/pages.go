// Package pages gets memory for long vectors on large pages of the system.
//
// A vector that is longer than the processor's tables of pages reach costs a walk
// through the page tables for each page of it; on a virtual machine that is two
// tables deep. With pages of 2 MiB instead of 4 KiB there are 512 times fewer, and as
// many fewer page faults when the memory is first used.
//
// The request outlives the vector: when Go's heap uses the memory again, a page of 2 MiB
// may come for a few bytes. So this is for training data and what a session keeps, not for
// every buffer.
package pages

// size is that of a large page, in bytes.
const size = 2 << 20

// Words returns n zeros. From 4 MiB on, which hold a whole large page wherever they
// begin, it asks the system for large pages, where it knows how. It is memory of Go's
// heap, as by make.
func Words(n int) []uint64 {
	w := make([]uint64, n)
	if 8*n >= 2*size {
		advise(w)
	}
	return w
}
