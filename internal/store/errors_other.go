//go:build !unix

package store

import "syscall"

// fullDisk are the system's errors for no room: ERROR_HANDLE_DISK_FULL and
// ERROR_DISK_FULL of Windows.
var fullDisk = []syscall.Errno{39, 112}
