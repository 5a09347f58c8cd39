package parties

import (
	"time"

	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

// Engines that a job can run on.
const (
	EngineSecure = "rss3"  // three servers with replicated secret sharing
	EngineClear  = "clear" // the same fixed-point arithmetic without secrecy
)

// Options says how to run a job.
type Options struct {
	Engine  string      // EngineSecure if empty
	OnEvent func(Event) // told of progress; may be nil; never called twice at a time

	// Link, if set, is a network to emulate between the three servers, who choose
	// their protocols for it. The result is the same, up to roundings.
	Link *Link
}

// Link is an emulated link out of each server; as text, a delay and a
// bandwidth, such as 20ms,100Mbit.
type Link = mem.Link

// Kinds of event.
const (
	EventPhase   = "phase"   // a phase begins: Phase
	EventStep    = "step"    // a training step is done: Step of Steps
	EventEpoch   = "epoch"   // an epoch is done: Epoch of Epochs
	EventWarning = "warning" // something to look at: Message
)

// Event is one piece of progress. Counts that do not apply are 0.
type Event struct {
	Kind           string
	Phase, Message string
	Epoch, Epochs  int
	Step, Steps    int
	Rounds         int
	BytesSent      [3]int64
	Elapsed        time.Duration
}
