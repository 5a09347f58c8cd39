package ring

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
)

// A Level names one implementation of the kernels. All levels compute the same
// words.
type Level string

// The levels, each faster than the one before.
const (
	LevelGo     Level = "go"     // pure Go, always there
	LevelAVX2   Level = "avx2"   // AVX2
	LevelAVX512 Level = "avx512" // AVX-512 F, BW, DQ and VL; VBMI, GFNI, IFMA and VNNI where there
	LevelAMX    Level = "amx"    // LevelAVX512 with large matrix products on AMX tiles; VBMI
)

// LevelVariable is the environment variable that forces a level. Without it the
// fastest one is used.
const LevelVariable = "TREFOIL_CPU"

// A LevelError refuses a level that this machine does not have.
type LevelError struct {
	Level Level
	Have  []Level
}

// Error names the level and the ones there are.
func (e *LevelError) Error() string {
	return fmt.Sprintf("ring: got CPU level %q, want one this machine has: %v (see %s)", string(e.Level), e.Have, LevelVariable)
}

// Levels lists what this machine has, the fastest last.
func Levels() []Level {
	var all []Level
	for _, k := range machineKernels() {
		all = append(all, k.level)
	}
	return all
}

// CurrentLevel is the level in use.
func CurrentLevel() Level { return active().level }

// SetLevel forces a level for the whole process, or returns a [*LevelError].
// Call it before the first computation: running ones may finish on the old
// level, with the same result.
func SetLevel(l Level) error {
	k := machineKernels()
	i := slices.IndexFunc(k, func(k *kernels) bool { return k.level == l })
	if i < 0 {
		return &LevelError{Level: l, Have: Levels()}
	}
	current.Store(k[i])
	return nil
}

// CheckLevel returns a [*LevelError] if the environment asks for a level that
// this machine does not have. Programs call it at start to report that kindly;
// otherwise the first computation panics with the error.
func CheckLevel() error {
	if current.Load() != nil {
		return nil
	}
	l := Level(os.Getenv(LevelVariable))
	if l == "" {
		have := Levels()
		l = have[len(have)-1]
	}
	return SetLevel(l)
}

// machine keeps what findKernels found.
var machine struct {
	once sync.Once
	all  []*kernels
}

// machineKernels is every table this machine can run, the fastest last.
func machineKernels() []*kernels {
	machine.once.Do(func() { machine.all = findKernels() })
	return machine.all
}

// current is the table in use, nil before the first computation.
var current atomic.Pointer[kernels]

// active returns the table in use.
func active() *kernels {
	if k := current.Load(); k != nil {
		return k
	}
	if err := CheckLevel(); err != nil {
		panic(err)
	}
	return current.Load()
}
