package parties

import (
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/trefoil-ml/trefoil/fixedpoint"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/layers"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/train"
)

// encodeRows is what the owner of the rows does: it scales them as the model was
// trained.
func (r *prediction) encodeRows() error {
	m, x := r.Model, r.Rows
	width := blueprint.Size(m.Network.Input)
	want := width - len(m.Sites)
	if shape := x.Shape(); len(shape) != 2 || shape[0] < 1 || shape[1] != want {
		return fmt.Errorf("got rows of shape %s, want any×%d", tensor.ShapeString(shape), want)
	}
	if m.Standardiser != nil {
		if len(m.Standardiser.Mean) != want || len(m.Standardiser.Scale) != want {
			return fmt.Errorf("the model scales %d features, want %d", len(m.Standardiser.Mean), want)
		}
		x = m.standardiser().Apply(x)
	}
	if len(m.Sites) > 0 {
		x = appendSite(x, slices.Index(m.Sites, r.Site), len(m.Sites))
	}
	r.words[0] = make([]uint64, x.Len())
	format := fixedpoint.Format{FractionBits: r.job.Number.FractionBits, MaxAbs: train.MaxWeight}
	return format.EncodeAll(r.words[0], x.Data())
}

// encodeWeights is what the owner of secret weights does: it encodes them one
// parameter after another, as finely as they are held in training.
func (r *prediction) encodeWeights() error {
	if !r.SecretWeights {
		return nil
	}
	var all []float64
	for _, p := range r.Model.Network.Params {
		all = append(all, p.Data...)
	}
	r.words[1] = make([]uint64, len(all))
	format := fixedpoint.Format{FractionBits: tensor.WeightBits(r.job.Number.FractionBits), MaxAbs: 1 << 20}
	return format.EncodeAll(r.words[1], all)
}

// split is what both owners do: one part for each server.
func (r *prediction) split() (parts [3][2]mpc.Part, err error) {
	for i, words := range r.words {
		p, err := mpc.Split(words, rand.Reader)
		if err != nil {
			return parts, err
		}
		for k := range parts {
			parts[k][i] = p[k]
		}
	}
	return parts, nil
}

// serve is what one server does. Of the model's weights it looks at public ones
// only.
func (r *prediction) serve(e mpc.Engine, policy *mpc.Policy, parts [2]mpc.Part) (d Delivered, err error) {
	s, err := tensor.NewSession(e, r.job.Number.FractionBits)
	if err != nil {
		return d, err
	}
	input := r.Model.Network.Input
	net, err := blueprint.Build(s, r.Model.Network.Layers, input, 0)
	if err != nil {
		return d, err
	}
	params := append(append([]*layers.Param{}, net.Params()...), net.Buffers()...)
	if err := r.setWeights(s, params, parts[1]); err != nil {
		return d, err
	}
	out := train.NewNetwork(net, nil).Predict(s.InputRows(parts[:1], blueprint.Size(input)), r.Batch)
	out.Watch()
	if r.Classes {
		out = train.Classes(out)
	}
	bit, err := policy.Permit(RevealPredictionBit)
	if err != nil {
		return d, err
	}
	if s.Alarm(bit) {
		return d, fmt.Errorf("%w, ±%g: the predictions would be worthless", ErrPredictionRange, s.Range())
	}
	permit, err := policy.Permit(RevealPredictions)
	if err != nil {
		return d, err
	}
	if r.To.IsEveryone() {
		v := s.Reveal(out, permit)
		return newDelivered(delivered{value: &v}), nil
	}
	return newDelivered(delivered{half: s.Deliver(out, permit)}), nil
}

// setWeights gives the network the weights that the servers know, or their shares.
func (r *prediction) setWeights(s *tensor.Session, params []*layers.Param, part mpc.Part) error {
	if !r.SecretWeights {
		values := map[string]tensor.Dense{}
		for _, p := range r.Model.Network.Params {
			values[p.Name] = tensor.NewDense(p.Data, p.Shape...)
		}
		return train.SetWeights(params, values)
	}
	values, at := map[string]tensor.Secret{}, 0
	all := s.Input(part, blueprint.Count(r.shapes)).Shift(s.WeightBits() - s.FractionBits())
	for _, p := range r.shapes {
		n := blueprint.Size(p.Shape)
		values[p.Name] = all.Slice(at, at+n).Reshape(p.Shape...)
		at += n
	}
	return train.SetSecretWeights(params, values)
}

// combine is what those do who hear the predictions: they put them together, in
// the unit of the target.
func (r *prediction) combine() error {
	out, err := combine(r.from)
	if err != nil {
		return err
	}
	if u := r.Model.Unit; u != nil && !r.Classes {
		for i, v := range out.Data() {
			out.Data()[i] = u.Mean + u.Scale*v
		}
	}
	r.out.Outputs = out
	return nil
}
