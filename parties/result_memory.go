package parties

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// PeakMemory returns the most memory this process has had resident, in bytes,
// as Linux counts it (VmHWM). Elsewhere it is what the Go runtime has obtained
// from the system, which is an upper bound on that of Go code.
func PeakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err == nil {
		if kb, ok := peakKB(string(status)); ok {
			return kb << 10
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}

// peakKB finds the line "VmHWM:	   12345 kB".
func peakKB(status string) (int64, bool) {
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return kb, err == nil
		}
	}
	return 0, false
}
