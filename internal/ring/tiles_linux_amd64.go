//go:build !purego

package ring

import "syscall"

// requestTiles asks Linux for the right to use AMX tile registers, which makes
// every thread's saved state 8 KiB larger from its first use on. It reports
// whether the kernel and the processor have them.
func requestTiles() bool {
	const (
		archPrctl              = 158
		requestXCompPermission = 0x1023
		tileData               = 18
	)
	_, _, errno := syscall.RawSyscall(archPrctl, requestXCompPermission, tileData, 0)
	return errno == 0
}
