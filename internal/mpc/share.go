package mpc

// Arith is this server's part of a replicated sharing [x] of a vector over
// Z_2^64: server i holds (x_i, x_{i+1}) with x = x_0 + x_1 + x_2 mod 2^64.
//
// An Arith is a handle: copying it does not copy the vector, and only
// [Party.Assign] and [Party.Descend] change a vector that was handed out. Nothing
// outside this package can read it, and it prints and marshals as [secret].
type Arith struct {
	Concealed
	box   **arith // two pointers: fmt follows one even for unexported fields
	scope uint64  // in which it was made; 0: none
}

// Bits is this server's part of a replicated XOR sharing of n bits, packed 64
// to a word: server i holds (b_i, b_{i+1}) with b = b_0 ^ b_1 ^ b_2. Bits past
// n in the last word are unspecified.
type Bits struct {
	Concealed
	box   **bits
	scope uint64
}

// Product is this server's summand z_i of a vector z = z_0 + z_1 + z_2 mod
// 2^64 that has not been reshared. Multiplication gives one for free; sums,
// public multiples and shifts of it are local; [Party.Reshare] or a truncation
// turns it into an [Arith].
type Product struct {
	Concealed
	box   **product
	scope uint64
}

type (
	arith struct {
		self      *arith
		scope     uint64
		session   *session
		own, next []uint64
		root      *arith // the vector of which it is a part

		rows    gathered
		factor  []uint64 // of a product before, after so many changes; see [Party.factor]
		changes uint64
	}
	bits struct {
		self      *bits
		scope     uint64
		session   *session
		own, next []uint64
		n         int
	}
	product struct {
		self    *product
		scope   uint64
		session *session
		sum     []uint64
	}
)

// Len returns the number of elements. Local; the length is public.
func (x Arith) Len() int { return len((*x.box).own) }

// Len returns the number of bits. Local; the length is public.
func (b Bits) Len() int { return (*b.box).n }

// Len returns the number of elements. Local; the length is public.
func (z Product) Len() int { return len((*z.box).sum) }

// Valid reports whether x was made by a session (the zero Arith was not).
func (x Arith) Valid() bool { return x.box != nil }

// Valid reports whether z was made by a session (the zero Product was not).
func (z Product) Valid() bool { return z.box != nil }

// wordsFor returns the number of 64-bit words that hold n bits.
func wordsFor(n int) int { return (n + 63) / 64 }
