//go:build !amd64 || purego

package ring

// findKernels is every table this machine can run, the fastest last.
func findKernels() []*kernels { return []*kernels{genericKernels()} }
