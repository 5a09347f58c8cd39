//go:build trefoildebug

package mpc

// poison makes the use of words that nobody filled show in tests.
func poison(w []uint64) {
	for i := range w {
		w[i] = 0xdeadbeefdeadbeef
	}
}
