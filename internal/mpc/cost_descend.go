package mpc

// Descend is the price of [Party.Descend] of n weights with a truncation by t bits.
func (k Costs) Descend(n int, t uint) Cost { return k.TruncProduct(n, t) }
