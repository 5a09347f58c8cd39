package ring

func addGo(dst, x, y []uint64) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] + y[i]
	}
}

func subGo(dst, x, y []uint64) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] - y[i]
	}
}

func twiceAddGo(dst, x, y []uint64) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = 2*x[i] + y[i]
	}
}

func subAddGo(dst, x, y, z []uint64) {
	x, y, z = x[:len(dst)], y[:len(dst)], z[:len(dst)]
	for i := range dst {
		dst[i] = x[i] - y[i] + z[i]
	}
}

func negUnlessGo(dst, x, y []uint64) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		mask := y[i] - 1
		dst[i] = (x[i] ^ mask) - mask
	}
}

func subWhereGo(dst, x, y, b []uint64) {
	x, y, b = x[:len(dst)], y[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = x[i] ^ (x[i]^(y[i]-x[i]))&-b[i]
	}
}

func mulGo(dst, x, y []uint64) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] * y[i]
	}
}

func mulAddGo(dst, x, y []uint64) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] += x[i] * y[i]
	}
}

func andGo(dst, x, y []uint64) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] & y[i]
	}
}

func orGo(dst, x, y []uint64) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] | y[i]
	}
}

func xorGo(dst, x, y []uint64) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] ^ y[i]
	}
}

func negGo(dst, x []uint64) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = -x[i]
	}
}

func notGo(dst, x []uint64) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = ^x[i]
	}
}

func mulShareGo(dst, x0, x1, y0, y1 []uint64) {
	n := len(dst)
	x0, x1, y0, y1 = x0[:n], x1[:n], y0[:n], y1[:n]
	for i := range dst {
		dst[i] += x0[i]*(y0[i]+y1[i]) + x1[i]*y0[i]
	}
}

func andShareGo(dst, x0, x1, y0, y1 []uint64) {
	n := len(dst)
	x0, x1, y0, y1 = x0[:n], x1[:n], y0[:n], y1[:n]
	for i := range dst {
		dst[i] ^= x0[i]&(y0[i]^y1[i]) ^ x1[i]&y0[i]
	}
}
