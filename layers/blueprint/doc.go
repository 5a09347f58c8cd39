// Package blueprint describes networks: which layers, with which options, what
// shapes they have. A description is public. From it a server builds the layers
// on secrets, and whoever may have the trained weights applies them in the clear:
//
//	shapes, err := blueprint.Check(list, []int{1, 28, 28}) // of the output of every layer
//	net, err := blueprint.Build(s, list, []int{1, 28, 28}, seed)
//
//	n := blueprint.Network{Input: input, Layers: list, Params: params}
//	y := n.Forward(x) // float64, row by row
//
// Kinds of layers and their options have the names of torch.nn in snake case, and
// its defaults. Rows are flat: a row of an image is its channels, one after
// another, each row by row.
package blueprint
