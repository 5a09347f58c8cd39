//go:build !go1.27

package grpcnet

const tlsAllocates = true
