package train

import (
	"github.com/trefoil-ml/trefoil/tensor"
)

// Predict returns the outputs of the network for the rows of x, n×outputs at the
// working scale, in batches of at most so many rows. Nothing is opened: the caller
// reveals or delivers what its permits allow, the outputs or [Classes] of them, and
// asks [tensor.Session.Alarm] whether all numbers were in range.
//
// Cost: a forward pass for each batch, and one more for a single row.
func (m *Network) Predict(x tensor.Secret, batch int) (out tensor.Secret) {
	m.Layers.InUse(func() { out = m.predict(x, batch) })
	return out
}

func (m *Network) predict(x tensor.Secret, batch int) tensor.Secret {
	s, rows := x.Session(), x.Rows()
	var shape []int
	s.Temporary(func() { shape = m.Layers.Forward(x.Slice(0, min(1, rows))).Shape() })
	shape[0] = rows
	out := s.Zeros(x.Scale(), shape...)
	for lo := 0; lo < rows; lo += max(1, batch) {
		hi := min(lo+max(1, batch), rows)
		s.Temporary(func() { out.Slice(lo, hi).Assign(m.Layers.Forward(x.Slice(lo, hi))) })
	}
	return out
}

// Classes returns for each row of outputs (n×classes) the number of the largest,
// counted from 0, as whole numbers n×1; of equal ones the first.
//
// Cost: a tournament of ⌈log2 classes⌉ comparisons in sequence, see
// [tensor.MaxOf], and bits times values.
func Classes(outputs tensor.Secret) tensor.Secret {
	s, n, classes := outputs.Session(), outputs.Rows(), outputs.Shape()[1]
	columns, columnwise := make([]tensor.Secret, classes), outputs.T().Reshape(classes*n)
	numbers := make([]tensor.Secret, classes)
	for c := range classes {
		columns[c] = columnwise.Slice(c*n, (c+1)*n)
		number := tensor.Zeros(n)
		for i := range number.Data() {
			number.Data()[i] = float64(c)
		}
		numbers[c] = s.Constant(number, 0)
	}
	_, winner := tensor.MaxOf(columns...)
	return tensor.DotBits(winner.OneHot(), numbers).Reshape(n, 1)
}
