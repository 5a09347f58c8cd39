package ring_test

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/ring"
)

// A transposed view costs nothing: this is aᵀ·b for a stored by rows.
func ExampleMatMulAdd() {
	a := ring.Dense([]uint64{1, 2, 3, 4, 5, 6}, 3, 2)
	b := ring.Dense([]uint64{1, 0, 2}, 3, 1)
	dst := ring.Dense(make([]uint64, 2), 2, 1)
	ring.MatMulAdd(dst, a.T(), b)
	fmt.Println(dst.Data)
	// Output: [11 14]
}

// Server i holds components i and i+1 of x and y. What the three servers add up
// is a sharing of the product in three parts.
func ExampleMulShare() {
	x, y := [3]uint64{1, 2, 3}, [3]uint64{4, 5, 6}
	var sum uint64
	for i := range 3 {
		next := (i + 1) % 3
		z := []uint64{0}
		ring.MulShare(z, x[i:i+1], x[next:next+1], y[i:i+1], y[next:next+1])
		sum += z[0]
	}
	fmt.Println(sum, (1+2+3)*(4+5+6))
	// Output: 90 90
}

func ExampleToPlanes() {
	planes := make([]uint64, 3)
	ring.ToPlanes(planes, []uint64{1, 2, 3, 4}, 3)
	fmt.Printf("%04b\n", planes)
	// Output: [0101 0110 1000]
}

func ExamplePackBits() {
	packed := make([]uint64, ring.PackedLen(3, 12))
	ring.PackBits(packed, []uint64{0xabc, 0x123, 0xfff456}, 12)
	fmt.Printf("%x\n", packed)
	// Output: [456123abc]
}
