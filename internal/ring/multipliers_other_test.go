//go:build !amd64 || purego

package ring

// multipliers are the matrix products this machine can run.
func multipliers() map[string]func(p product) {
	return map[string]func(p product){"go": matMulGo}
}
