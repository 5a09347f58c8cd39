//go:build !linux

package mem

import (
	"sync"
	"time"
)

// alarms are timers that stop together.
type alarms struct {
	once, end sync.Once
	done      chan struct{}
}

func (a *alarms) init() { a.once.Do(func() { a.done = make(chan struct{}) }) }

// sleep returns after d, or when stop is called.
func (a *alarms) sleep(d time.Duration) {
	a.init()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-a.done:
	}
}

// stop ends all sleeps, present and future.
func (a *alarms) stop() {
	a.init()
	a.end.Do(func() { close(a.done) })
}
