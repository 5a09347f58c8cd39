// Package mpctest runs protocols in tests: three servers in one process, with
// keys and shares of their own.
//
//	got := mpctest.Eval3(t, mpc.Options{}, func(p *mpc.Party, xs []mpc.Arith) mpc.Arith {
//		return p.TruncProduct(p.Mul(xs[0], xs[1]), 16)
//	}, x, y)
//
// [Run3] runs any program, [Setup] is for tests that need a network, keys or a
// policy of their own, and [CheckCost] compares what was sent with what was
// declared. Keys are drawn from crypto/rand.Reader by the calling goroutine
// alone, so that testing/cryptotest.SetGlobalRandom makes a run repeatable.
package mpctest
