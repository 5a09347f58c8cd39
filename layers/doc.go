// Package layers holds the parts of a model on secret tensors, with the names
// and the meaning that torch and Keras give them.
//
//	m := layers.NewLinear(s, "linear", 30, 1)
//	z := m.Forward(x)        // x·W + b
//	p := sigmoid.Forward(z)
//	m.Backward(p.Sub(y))     // leaves the gradients in m.Params()
//
// A layer belongs to one session and keeps what its backward pass needs. Every
// cost in rounds and bytes comes from the tensor operations that a layer lists.
package layers
