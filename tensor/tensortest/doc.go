// Package tensortest runs programs on secret tensors in tests: on three servers
// in this process, on the clear engine, or on both.
//
//	product := func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
//		return []tensor.Secret{in[0].Mul(in[1]).Rescale(16)}, nil
//	}
//	secure, inClear := tensortest.Both(t, tensortest.Options{}, product, x, y)
//
// What a program returns is opened, with a permit that opens everything and
// that only tests have.
package tensortest
