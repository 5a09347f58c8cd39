package ring

// Add is: for i := range dst { dst[i] = x[i] + y[i] }.
func Add(dst, x, y []uint64) {
	sameLen("Add", dst, "x", x)
	sameLen("Add", dst, "y", y)
	active().add(dst, x, y)
}

// Sub is: for i := range dst { dst[i] = x[i] - y[i] }.
func Sub(dst, x, y []uint64) {
	sameLen("Sub", dst, "x", x)
	sameLen("Sub", dst, "y", y)
	active().sub(dst, x, y)
}

// TwiceAdd is: for i := range dst { dst[i] = 2*x[i] + y[i] }.
func TwiceAdd(dst, x, y []uint64) {
	sameLen("TwiceAdd", dst, "x", x)
	sameLen("TwiceAdd", dst, "y", y)
	active().twiceAdd(dst, x, y)
}

// Mul is: for i := range dst { dst[i] = x[i] * y[i] }.
func Mul(dst, x, y []uint64) {
	sameLen("Mul", dst, "x", x)
	sameLen("Mul", dst, "y", y)
	active().mul(dst, x, y)
}

// MulAdd is: for i := range dst { dst[i] += x[i] * y[i] }.
func MulAdd(dst, x, y []uint64) {
	sameLen("MulAdd", dst, "x", x)
	sameLen("MulAdd", dst, "y", y)
	active().mulAdd(dst, x, y)
}

// SubAdd is: for i := range dst { dst[i] = x[i] − y[i] + z[i] }.
func SubAdd(dst, x, y, z []uint64) {
	sameLen("SubAdd", dst, "x", x)
	sameLen("SubAdd", dst, "y", y)
	sameLen("SubAdd", dst, "z", z)
	active().subAdd(dst, x, y, z)
}

// NegUnless is: for i := range dst { dst[i] = x[i] if y[i] is 1, −x[i] if it is 0 }.
func NegUnless(dst, x, y []uint64) {
	sameLen("NegUnless", dst, "x", x)
	sameLen("NegUnless", dst, "y", y)
	active().negUnless(dst, x, y)
}

// SubWhere is: for i := range dst { dst[i] = y[i] − x[i] if b[i] is 1, x[i] if it is 0 }.
func SubWhere(dst, x, y, b []uint64) {
	sameLen("SubWhere", dst, "x", x)
	sameLen("SubWhere", dst, "y", y)
	sameLen("SubWhere", dst, "b", b)
	active().subWhere(dst, x, y, b)
}

// And is: for i := range dst { dst[i] = x[i] & y[i] }.
func And(dst, x, y []uint64) {
	sameLen("And", dst, "x", x)
	sameLen("And", dst, "y", y)
	active().and(dst, x, y)
}

// Or is: for i := range dst { dst[i] = x[i] | y[i] }.
func Or(dst, x, y []uint64) {
	sameLen("Or", dst, "x", x)
	sameLen("Or", dst, "y", y)
	active().or(dst, x, y)
}

// Xor is: for i := range dst { dst[i] = x[i] ^ y[i] }.
func Xor(dst, x, y []uint64) {
	sameLen("Xor", dst, "x", x)
	sameLen("Xor", dst, "y", y)
	active().xor(dst, x, y)
}

// Neg is: for i := range dst { dst[i] = -x[i] }.
func Neg(dst, x []uint64) {
	sameLen("Neg", dst, "x", x)
	active().neg(dst, x)
}

// Not is: for i := range dst { dst[i] = ^x[i] }.
func Not(dst, x []uint64) {
	sameLen("Not", dst, "x", x)
	active().not(dst, x)
}
