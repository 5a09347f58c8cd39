package ring

func addScalarGo(dst, x []uint64, c uint64) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = x[i] + c
	}
}

func scaleGo(dst, x []uint64, c uint64) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = c * x[i]
	}
}

func scaleAddGo(dst, x []uint64, c uint64) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] += c * x[i]
	}
}

func shiftLeftGo(dst, x []uint64, s uint64) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = x[i] << s
	}
}

func shiftLeftAddGo(dst, x, y []uint64, s uint64) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i]<<s + y[i]
	}
}

func shiftRightGo(dst, x []uint64, s uint64) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = x[i] >> s
	}
}

func shiftRightArithGo(dst, x []uint64, s uint64) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = uint64(int64(x[i]) >> s)
	}
}

func sumGo(x []uint64) uint64 {
	var s uint64
	for _, v := range x {
		s += v
	}
	return s
}

func dotGo(x, y []uint64) uint64 {
	y = y[:len(x)]
	var s uint64
	for i, v := range x {
		s += v * y[i]
	}
	return s
}
