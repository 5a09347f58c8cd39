package tensor_test

import (
	"math/rand/v2"

	"github.com/trefoil-ml/trefoil/tensor"
)

// numbers returns a 3×4 matrix of multiples of 2^−16 below 16 in magnitude, with
// the awkward ones among them.
func numbers(seed uint64) tensor.Dense {
	d := tensor.Zeros(3, 4)
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range d.Data() {
		d.Data()[i] = float64(r.IntN(1<<21)-1<<20) / (1 << f)
	}
	copy(d.Data(), []float64{0, 1. / (1 << f), -1. / (1 << f), 1})
	return d
}

func each(g func(x float64) float64) func(x, y tensor.Dense) tensor.Dense {
	return zip(func(x, _ float64) float64 { return g(x) })
}

func zip(g func(x, y float64) float64) func(x, y tensor.Dense) tensor.Dense {
	return func(x, y tensor.Dense) tensor.Dense {
		z := tensor.Zeros(x.Shape()...)
		for i := range z.Data() {
			z.Data()[i] = g(x.Data()[i], y.Data()[i])
		}
		return z
	}
}

func when(b bool, x, y float64) float64 {
	if b {
		return x
	}
	return y
}

func ones(shape ...int) tensor.Dense {
	d := tensor.Zeros(shape...)
	for i := range d.Data() {
		d.Data()[i] = 1
	}
	return d
}

func transpose(x tensor.Dense) tensor.Dense {
	rows, cols := x.Shape()[0], x.Shape()[1]
	z := tensor.Zeros(cols, rows)
	for i := range rows {
		for j := range cols {
			z.Data()[j*rows+i] = x.At(i, j)
		}
	}
	return z
}

func matMul(x, y tensor.Dense) tensor.Dense {
	m, k, n := x.Shape()[0], x.Shape()[1], y.Shape()[1]
	z := tensor.Zeros(m, n)
	for i := range m {
		for j := range n {
			for l := range k {
				z.Data()[i*n+j] += x.At(i, l) * y.At(l, j)
			}
		}
	}
	return z
}

func stack(xs ...tensor.Dense) tensor.Dense {
	var data []float64
	rows := 0
	for _, x := range xs {
		data = append(data, x.Data()...)
		rows += x.Shape()[0]
	}
	return tensor.NewDense(data, rows, xs[0].Shape()[1])
}
