//go:build trefoildebug

package transport

// Poison is what a buffer holds after Put when built with trefoildebug, so that
// a use of a buffer given away shows as a wrong result at once.
const Poison = 0xdeaddeaddeaddead

func poison(words []uint64) {
	for i := range words {
		words[i] = Poison
	}
}
