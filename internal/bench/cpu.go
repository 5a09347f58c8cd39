package bench

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/klauspost/cpuid/v2"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// Level names a set of kernels of internal/ring, such as avx2. The key stream
// keeps to the same registers: go is the standard library, avx2 AES-NI or, where
// there, 256-bit VAES, and from avx512 on it has 512-bit VAES.
type Level string

// UnmarshalText takes a level that this machine has.
func (l *Level) UnmarshalText(text []byte) error {
	*l = Level(text)
	if !slices.Contains(ring.Levels(), ring.Level(text)) {
		return fmt.Errorf("got CPU level %q, want one this machine has: %s", text, strings.Join(levels(), ", "))
	}
	return nil
}

// force puts the level into use, and returns how to go back.
func (l Level) force() (restore func(), err error) {
	if err := ring.CheckLevel(); err != nil {
		return nil, err
	}
	before := ring.CurrentLevel()
	if l != "" {
		err = ring.SetLevel(ring.Level(l))
	}
	return func() { _ = ring.SetLevel(before) }, err
}

func levels() []string {
	var names []string
	for _, l := range ring.Levels() {
		names = append(names, string(l))
	}
	return names
}

func findCPU() CPU {
	model := cpuid.CPU.BrandName
	if model == "" {
		model = "unknown"
	}
	return CPU{
		Model: model, Cores: runtime.GOMAXPROCS(0), Level: string(ring.CurrentLevel()), Levels: levels(), Load: load(),
	}
}

// load is the load average of the last minute, where Linux tells.
func load() *float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return nil
	}
	var l float64
	if _, err := fmt.Sscan(string(text), &l); err != nil {
		return nil
	}
	return &l
}
