package ring

// kernels is one implementation of everything that is worth one per CPU level.
// The exported functions check shapes and then call through the active table;
// a kernel may rely on equal lengths.
type kernels struct {
	level    Level
	partSize int // least multiply-adds of a part of a product: 25 to 200 µs
	parts    int // of a product for each core, at most

	add, sub, twiceAdd, mul, mulAdd        func(dst, x, y []uint64)
	and, or, xor                           func(dst, x, y []uint64)
	negUnless                              func(dst, x, y []uint64) // y[i] is 0 or 1
	subAdd                                 func(dst, x, y, z []uint64)
	subWhere                               func(dst, x, y, b []uint64)
	neg, not                               func(dst, x []uint64)
	addScalar, scale, scaleAdd             func(dst, x []uint64, c uint64)
	shiftLeft, shiftRight, shiftRightArith func(dst, x []uint64, s uint64) // s < 64 for the last
	shiftLeftAdd                           func(dst, x, y []uint64, s uint64)
	sum                                    func(x []uint64) uint64
	dot                                    func(x, y []uint64) uint64
	mulShare, andShare                     func(dst, x0, x1, y0, y1 []uint64)
	matMul                                 func(p product)                 // dst += a·b
	matVec                                 func(dst, a Matrix, y []uint64) // dst += a·y, dst one column
	toPlanes                               func(planes, x []uint64, width, words int)
	fromPlanes                             func(x, planes []uint64, width, words int)
	peak                                   func(rounds int) (products int)
	packBits, unpackBits                   func(dst, src []uint64, bits uint) // bits < 64
}

// genericKernels is the pure Go table: the fallback everywhere and the oracle
// the assembly is tested against.
func genericKernels() *kernels {
	return &kernels{
		level: LevelGo, partSize: 1 << 18, parts: 2,
		add: addGo, sub: subGo, twiceAdd: twiceAddGo, mul: mulGo, mulAdd: mulAddGo,
		and: andGo, or: orGo, xor: xorGo, neg: negGo, not: notGo,
		subAdd: subAddGo, negUnless: negUnlessGo, subWhere: subWhereGo,
		addScalar: addScalarGo, scale: scaleGo, scaleAdd: scaleAddGo,
		shiftLeft: shiftLeftGo, shiftRight: shiftRightGo, shiftRightArith: shiftRightArithGo,
		shiftLeftAdd: shiftLeftAddGo,
		sum:          sumGo, dot: dotGo,
		mulShare: mulShareGo, andShare: andShareGo,
		matMul: matMulGo, matVec: matVecGo,
		toPlanes: toPlanesWith(transpose64Go), fromPlanes: fromPlanesWith(transpose64Go),
		peak:     peakGo,
		packBits: packBitsGo, unpackBits: unpackBitsGo,
	}
}
