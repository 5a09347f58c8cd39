package bench

import (
	"math"
)

// Result is what was measured. It is what trainer bench --json prints.
type Result struct {
	CPU    CPU    `json:"cpu"`
	Go     string `json:"go"`             // version and platform
	Link   *Link  `json:"link,omitempty"` // emulated, if any
	Values int    `json:"values"`         // elements of the operands of Ops

	MatMul map[string]Product `json:"matmul"` // by shape, "m×k×n" with the letter x
	PRG    Stream             `json:"prg"`
	Round  map[string]float64 `json:"round_us"`        // microseconds, by transport
	Stream map[string]float64 `json:"stream_mb_per_s"` // 10⁶ bytes a second out of each server, by transport
	Ops    map[string]Op      `json:"ops"`

	// RoundApart is Round between three processes, where there were any.
	RoundApart map[string]float64 `json:"round_us_processes,omitempty"`

	LRStep         Step            `json:"lr_step"`                // with the five-piece sigmoid
	LRStepMinimax3 Step            `json:"lr_step_minimax3"`       // with the three-piece one
	Networks       map[string]Step `json:"network_step,omitempty"` // network_a and lenet; none over a link
	Allocs         Allocs          `json:"allocs"`

	// StepApart has the milliseconds of a step, by name, between three processes,
	// where there were any.
	StepApart map[string]float64 `json:"step_ms_processes,omitempty"`
}

// CPU is the processor and how it is used.
type CPU struct {
	Model  string   `json:"model"`
	Cores  int      `json:"cores"`          // that this process may use
	Level  string   `json:"level"`          // of internal/ring, in use
	Levels []string `json:"levels"`         // that there are
	Load   *float64 `json:"load,omitempty"` // average of the last minute before the run, where the system tells
}

// Product is the speed of a product of matrices, m×k by k×n, with
// ring.MatMulAdd; a multiply-add is one operation.
type Product struct {
	Gops         float64 `json:"gops"`           // 10⁹ a second, on one core
	PeakFraction float64 `json:"peak_fraction"`  // of ring.PeakLoop: the level's multiplication on registers alone; it can be over 1
	TimesPureGo  float64 `json:"times_pure_go"`  // as a multiple of the pure Go kernel
	GopsAllCores float64 `json:"gops_all_cores"` // on all cores
}

// Stream is the speed of a key stream.
type Stream struct {
	GBPerSecond float64 `json:"gb_per_s"` // 10⁹ bytes, on one core
}

// Op is the cost of an operation on a long vector. Sigmoids take it in blocks
// of 2^16, as a batch would be, which bounds the memory they need.
type Op struct {
	PerSecond float64 `json:"per_second"` // values
	Bytes     float64 `json:"bytes"`      // payload, per value and server
	Rounds    int     `json:"rounds"`     // of one call
	Allocs    float64 `json:"allocs"`     // per Values values, in all
}

// Step is the cost of a training step, with batch 128 and momentum: of logistic
// regression, 30 features and an intercept, with L2; of network A, 784-128-128-10; or
// of LeNet with signs of 8 bits behind the point, as in examples/mnist. Once an epoch
// the range is checked, which is not in it.
type Step struct {
	Milliseconds float64 `json:"milliseconds"`
	Rounds       float64 `json:"rounds"` // a mean: successive steps overlap by a message at times
	Bytes        float64 `json:"bytes"`  // payload, per server
	Allocs       float64 `json:"allocs"` // in all
}

// Allocs is how often the steady state allocates, on all servers together, to a
// hundredth.
type Allocs struct {
	Round  float64            `json:"round"`   // in memory
	Rounds map[string]float64 `json:"rounds"`  // by transport; a round is three messages
	LRStep float64            `json:"lr_step"` // with the five-piece sigmoid
}

// hundredths rounds x to two places.
func hundredths(x float64) float64 { return math.Round(100*x) / 100 }

// digits rounds x to n significant digits.
func digits(x float64, n int) float64 {
	if x == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return x
	}
	places := float64(n) - math.Ceil(math.Log10(math.Abs(x)))
	unit := math.Pow(10, math.Abs(places)) // a whole number, unlike its inverse
	if places < 0 {
		return math.Round(x/unit) * unit
	}
	return math.Round(x*unit) / unit
}
