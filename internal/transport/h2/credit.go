package h2

import "sync"

// defaultWindow is that of RFC 9113, section 6.9.2.
const defaultWindow = 1<<16 - 1

// credit is how many bytes of data the peer still takes.
type credit struct {
	mu      sync.Mutex
	more    sync.Cond
	conn    int64
	call    int64
	initial int64 // window of a call, as the peer last set it
	err     error // once over
}

func (c *credit) init() {
	c.more.L = &c.mu
	c.conn, c.call, c.initial = defaultWindow, defaultWindow, defaultWindow
}

// wait returns when something may be sent.
func (c *credit) wait() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.err == nil && min(c.conn, c.call) <= 0 {
		c.more.Wait()
	}
	return c.err
}

// take returns how many of n bytes may be sent, which are then used up.
func (c *credit) take(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n = int(max(0, min(int64(n), c.conn, c.call)))
	c.conn, c.call = c.conn-int64(n), c.call-int64(n)
	return n
}

// add is a WINDOW_UPDATE.
func (c *credit) add(stream uint32, n int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if stream == 0 {
		c.conn += n
	} else {
		c.call += n
	}
	c.more.Broadcast()
	if max(c.conn, c.call) > maxWindow {
		return violation("window of more than %d bytes", maxWindow)
	}
	return nil
}

// restart is a SETTINGS_INITIAL_WINDOW_SIZE, which changes the window of the call, too.
func (c *credit) restart(initial uint32) error {
	c.mu.Lock()
	change := int64(initial) - c.initial
	c.initial = int64(initial)
	c.mu.Unlock()
	return c.add(callID, change)
}

// end wakes who waits.
func (c *credit) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
	c.more.Broadcast()
}
