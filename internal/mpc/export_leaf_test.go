package mpc

// SingleBits is the tree of single bits, for WithLeaf.
const SingleBits = -1

// WithLeaf returns o with digits of so many bits for every comparison that is
// wide enough.
func (o Options) WithLeaf(bits int) Options {
	o.forceLeaf = bits
	return o
}

// LeafBits returns the length of the digits that a session would choose.
func (o Options) LeafBits(n, width, watch int) int { return o.leafBits(n, width, watch) }
