package mem

import (
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// alarms are timers precise to some 30 µs. Go's own are late by up to a
// millisecond in an idle process, because it waits for the network in whole
// milliseconds; a timerfd is waited for like a socket.
type alarms struct {
	mu   sync.Mutex
	idle []*alarm
	all  []*alarm
	off  bool
}

type alarm struct {
	file *os.File
	fd   syscall.RawConn // of file; File.Fd would make it blocking
	buf  [8]byte
}

// sleep returns after d, or when stop is called.
func (a *alarms) sleep(d time.Duration) {
	t, err := a.get()
	if err != nil {
		time.Sleep(d) // out of file descriptors: late is better than not at all
		return
	}
	if t == nil {
		return
	}
	at := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}
	set := func(fd uintptr) { err = unix.TimerfdSettime(int(fd), 0, &at, nil) }
	if t.fd.Control(set) == nil && err == nil { // both fail only after stop
		_, _ = t.file.Read(t.buf[:])
	}
	a.put(t)
}

// get returns an idle or a new alarm, nil after stop.
func (a *alarms) get() (*alarm, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.off {
		return nil, nil
	}
	if n := len(a.idle); n > 0 {
		t := a.idle[n-1]
		a.idle = a.idle[:n-1]
		return t, nil
	}
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	t := &alarm{file: os.NewFile(uintptr(fd), "timerfd")}
	a.all = append(a.all, t)
	t.fd, err = t.file.SyscallConn()
	return t, err
}

func (a *alarms) put(t *alarm) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.idle = append(a.idle, t)
}

// stop ends all sleeps, present and future.
func (a *alarms) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.off = true
	for _, t := range a.all {
		_ = t.file.Close() // wakes its reader
	}
}
