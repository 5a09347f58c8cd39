package ring

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// fuzzWords cuts the fuzzer's bytes into n words, repeating them.
func fuzzWords(data []byte, n int, salt uint64) []uint64 {
	x := make([]uint64, n)
	data = append(slices.Clone(data), make([]byte, 8)...)
	for i := range x {
		x[i] = binary.LittleEndian.Uint64(data[i*8%(len(data)-7):]) + salt*uint64(i)
	}
	return x
}

// onLevels runs f on every level and requires the results to be those of pure
// Go.
func onLevels(t *testing.T, f func() []uint64) {
	before := CurrentLevel()
	defer func() { require.NoError(t, SetLevel(before)) }()
	require.NoError(t, SetLevel(LevelGo))
	want := f()
	for _, l := range Levels()[1:] {
		require.NoError(t, SetLevel(l))
		require.Equal(t, want, f(), "level %s", l)
	}
}

func FuzzVectorMatchesGeneric(f *testing.F) {
	f.Add([]byte("trefoil"), uint(33), uint64(5), uint(0))
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255}, uint(65), uint64(63), uint(14))
	f.Fuzz(func(t *testing.T, data []byte, n uint, c uint64, op uint) {
		n %= 300
		o := vectorOps[op%uint(len(vectorOps))]
		onLevels(t, func() []uint64 {
			x, y, dst := fuzzWords(data, int(n), 1), fuzzWords(data, int(n), 3), fuzzWords(data, int(n), 7)
			dst, intact := guarded(t, dst)
			o.run(dst, x, y, c)
			MulShare(dst, x, y, y, x)
			AndShare(dst, y, x, x, y)
			intact()
			return append(slices.Clone(dst), Sum(x), Dot(x, y))
		})
	})
}

func FuzzBitsMatchGeneric(f *testing.F) {
	f.Add([]byte("trefoil"), uint(130), uint(13))
	f.Add([]byte{255}, uint(600), uint(57))
	f.Fuzz(func(t *testing.T, data []byte, n, width uint) {
		n, width = n%1200, 1+width%64
		x := fuzzWords(data, int(n), 0x9E3779B97F4A7C15)
		onLevels(t, func() []uint64 {
			planes, planesIntact := guarded(t, make([]uint64, int(width)*int((n+63)/64)))
			packed, packedIntact := guarded(t, make([]uint64, PackedLen(int(n), int(width))))
			back, backIntact := guarded(t, make([]uint64, n))
			ToPlanes(planes, x, int(width))
			FromPlanes(back, planes, int(width))
			first := slices.Clone(back)
			PackBits(packed, x, int(width))
			UnpackBits(back, packed, int(width))
			require.Equal(t, first, back)
			planesIntact()
			packedIntact()
			backIntact()
			return slices.Concat(planes, packed, back)
		})
	})
}

func FuzzMatMulMatchesGeneric(f *testing.F) {
	f.Add([]byte("trefoil"), uint(17), uint(81), uint(33), uint(2), uint(2))
	f.Add([]byte{1, 255}, uint(1), uint(200), uint(50), uint(1), uint(0))
	f.Add([]byte{255}, uint(40), uint(130), uint(27), uint(3), uint(4))
	f.Fuzz(func(t *testing.T, data []byte, m, k, n, layout, gap uint) {
		m, k, n, gap = 1+m%70, 1+k%200, 1+n%70, gap%5
		view := func(rows, cols, turned uint, salt uint64) Matrix {
			if turned&1 == 1 {
				rows, cols = cols, rows
			}
			v := Matrix{fuzzWords(data, int(rows*(cols+gap)), salt), int(rows), int(cols), int(cols + gap), 1}
			if turned&1 == 1 {
				v = v.T()
			}
			return v
		}
		p := product{a: view(m, k, layout, 1), b: view(k, n, layout>>1, 5)}
		var want []uint64
		for name, matMul := range multipliers() {
			dst, intact := guarded(t, fuzzWords(data, int(m*(n+gap)), 9))
			p.dst = Matrix{dst, int(m), int(n), int(n + gap), 1}
			if want == nil {
				want = slices.Clone(dst)
				q := p
				q.dst.Data = want
				matMulGo(q)
			}
			matMul(p)
			intact()
			require.Equal(t, want, dst, name)
		}
	})
}

// FuzzMatrixViews multiplies views with any strides: they fit and the product is
// right, or they are refused.
func FuzzMatrixViews(f *testing.F) {
	f.Add(uint(9), uint(1), uint(1), 1<<60, 1, uint(8))
	f.Add(uint(5), uint(2), uint(3), 1<<62, 1<<62, uint(70))
	f.Add(uint(3), uint(7), uint(8), 7, 1, uint(21))
	f.Fuzz(func(t *testing.T, m, k, n uint, rowStride, colStride int, size uint) {
		m, k, n, size = m%20, k%20, n%20, size%500
		a := Matrix{Data: fuzzWords(nil, int(size), 5), Rows: int(m), Cols: int(k), RowStride: rowStride, ColStride: colStride}
		b := Dense(fuzzWords(nil, int(k*n), 7), int(k), int(n))
		onLevels(t, func() []uint64 {
			dst, intact := guarded(t, make([]uint64, m*n))
			refused := multiplied(Dense(dst, int(m), int(n)), a, b)
			intact()
			if refused {
				return nil
			}
			want := slowMatMulAdd(Dense(make([]uint64, m*n), int(m), int(n)), a, b)
			require.Equal(t, want, dst)
			return slices.Clone(dst)
		})
	})
}

// multiplied adds a·b to dst and reports that the shapes were refused.
func multiplied(dst, a, b Matrix) (refused bool) {
	defer func() {
		if r := recover(); r != nil {
			_, refused = r.(*ShapeError)
			if !refused {
				panic(r)
			}
		}
	}()
	MatMulAdd(dst, a, b)
	return false
}
