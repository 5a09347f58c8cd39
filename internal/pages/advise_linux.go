package pages

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// advise asks for large pages for the part of w that fills some: for all memory from
// their first byte to the last, so that nothing else is on them. A system without them
// refuses, which does no harm.
func advise(w []uint64) {
	all := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), 8*len(w))
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(w))) % size
	whole := (uintptr(len(all)) - skip) / size * size
	_ = unix.Madvise(all[skip:skip+whole], unix.MADV_HUGEPAGE)
}
