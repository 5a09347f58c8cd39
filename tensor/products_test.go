package tensor_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// Products large enough for every kernel are those of the clear engine to the bit.
func TestProductsAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 7))
	w := tensor.Square(3, 1, 1)
	secure, inClear := tensortest.Both(t, tensortest.Options{}, func(_ *tensor.Session, in []tensor.Secret) ([]tensor.Secret, error) {
		x, y, offsets, images, kernels, dy := in[0], in[1], in[2], in[3], in[4], in[5]
		return []tensor.Secret{
			x.MatMul(y.T()), x.T().MatMul(x), x.Affine(y.T(), offsets), x.MatMul(y.T()).Rescale(f).MatMul(y.Slice(0, 40)),
			images.Conv2D(kernels, offsets.Slice(0, 1).Reshape(40, 1).Slice(0, 32).Reshape(1, 32), w, 1),
			images.Conv2DKernels(dy, w, 1), dy.Conv2DImages(kernels, w, 1, images.Shape()...),
		}, nil
	}, uniform(r, f, 2, 33, 200), uniform(r, f, 2, 40, 200), uniform(r, f, 2, 1, 40),
		uniform(r, f, 2, 2, 4, 6, 6), uniform(r, f, 2, 32, 36), uniform(r, f, 2, 2, 32, 6, 6))
	require.Empty(t, inClear.Range)
	for i := range secure.Values {
		if i == 3 { // of rounded numbers
			for j, v := range inClear.Values[i].Data() {
				require.InDelta(t, v, secure.Values[i].Data()[j], 40*2*2./(1<<f))
			}
			continue
		}
		require.Equal(t, inClear.Values[i], secure.Values[i], "product %d", i)
	}
}
