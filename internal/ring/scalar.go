package ring

// AddScalar is: for i := range dst { dst[i] = x[i] + c }.
func AddScalar(dst, x []uint64, c uint64) {
	sameLen("AddScalar", dst, "x", x)
	active().addScalar(dst, x, c)
}

// Scale is: for i := range dst { dst[i] = c * x[i] }.
func Scale(dst, x []uint64, c uint64) {
	sameLen("Scale", dst, "x", x)
	active().scale(dst, x, c)
}

// ScaleAdd is: for i := range dst { dst[i] += c * x[i] }.
func ScaleAdd(dst, x []uint64, c uint64) {
	sameLen("ScaleAdd", dst, "x", x)
	active().scaleAdd(dst, x, c)
}

// ShiftLeft is: for i := range dst { dst[i] = x[i] << s }.
func ShiftLeft(dst, x []uint64, s uint) {
	sameLen("ShiftLeft", dst, "x", x)
	active().shiftLeft(dst, x, uint64(s))
}

// ShiftLeftAdd is: for i := range dst { dst[i] = x[i]<<s + y[i] }.
func ShiftLeftAdd(dst, x, y []uint64, s uint) {
	sameLen("ShiftLeftAdd", dst, "x", x)
	sameLen("ShiftLeftAdd", dst, "y", y)
	active().shiftLeftAdd(dst, x, y, uint64(s))
}

// ShiftRight is: for i := range dst { dst[i] = x[i] >> s }; zeros come in.
func ShiftRight(dst, x []uint64, s uint) {
	sameLen("ShiftRight", dst, "x", x)
	active().shiftRight(dst, x, uint64(s))
}

// ShiftRightArith is: for i := range dst { dst[i] = uint64(int64(x[i]) >> s) };
// copies of the sign come in.
func ShiftRightArith(dst, x []uint64, s uint) {
	sameLen("ShiftRightArith", dst, "x", x)
	active().shiftRightArith(dst, x, uint64(min(s, 63)))
}

// Sum returns x[0] + x[1] + …, and 0 for no elements.
func Sum(x []uint64) uint64 {
	return active().sum(x)
}

// Dot returns x[0]*y[0] + x[1]*y[1] + ….
func Dot(x, y []uint64) uint64 {
	sameLen("Dot", x, "y", y)
	return active().dot(x, y)
}
