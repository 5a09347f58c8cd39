//go:build !race

package train

// raceEnabled: the race detector allocates.
const raceEnabled = false
