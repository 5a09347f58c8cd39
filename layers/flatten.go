package layers

import "github.com/trefoil-ml/trefoil/tensor"

// Flatten makes each row of a batch a vector, as torch.nn.Flatten: images of
// batch×channels×height×width become batch×(channels·height·width).
type Flatten struct {
	name  string
	shape []int
}

// NewFlatten returns the layer.
func NewFlatten(name string) *Flatten { return &Flatten{name: name} }

// Name returns the name.
func (l *Flatten) Name() string { return l.name }

// Params returns none.
func (l *Flatten) Params() []*Param { return nil }

// Forward returns x as a matrix, without copying.
//
// Cost: local.
func (l *Flatten) Forward(x tensor.Secret) tensor.Secret {
	l.shape = x.Shape()
	width := 1
	for _, n := range l.shape[1:] {
		width *= n
	}
	return x.Reshape(l.shape[0], width)
}

// Backward returns dy in the shape of the input.
//
// Cost: local.
func (l *Flatten) Backward(dy tensor.Secret) tensor.Secret { return dy.Reshape(l.shape...) }

// Reshape gives each row of a batch another shape of the same size, as
// torch.nn.Unflatten does for the columns of a table of images.
type Reshape struct {
	Flatten
	to []int
}

// NewReshape returns a layer that gives each row this shape.
func NewReshape(name string, shape ...int) *Reshape {
	return &Reshape{Flatten: Flatten{name: name}, to: shape}
}

// Forward returns x with rows of the new shape, without copying.
//
// Cost: local.
func (l *Reshape) Forward(x tensor.Secret) tensor.Secret {
	l.shape = x.Shape()
	return x.Reshape(append([]int{l.shape[0]}, l.to...)...)
}
