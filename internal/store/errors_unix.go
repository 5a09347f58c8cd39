//go:build unix

package store

import "syscall"

// fullDisk are the system's errors for no room.
var fullDisk = []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}
