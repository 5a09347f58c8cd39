package mpc

// LeafForm is a way to compare; SingleBits is the tree of single bits.
type LeafForm = leafForm

var SingleBits = LeafForm{}

// Digits is the way with digits of so many bits, in one round or two.
func Digits(bits int, once bool) LeafForm { return LeafForm{bits, once} }

// WithLeaf returns o with this way for every comparison that is wide enough.
func (o Options) WithLeaf(form LeafForm) Options {
	o.forceLeaf = &form
	return o
}

// LeafForm returns the way that a session would choose.
func (o Options) LeafForm(n, width, watch int) LeafForm { return o.leafForm(n, width, watch) }
