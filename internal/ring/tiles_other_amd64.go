//go:build !linux && !purego

package ring

// requestTiles reports that AMX tiles cannot be used.
func requestTiles() bool { return false }
