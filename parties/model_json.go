package parties

import (
	"encoding/binary"
	"encoding/json"
	"math"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/layers/blueprint"
)

// networkJSON is the JSON form of a model that is a network.
type networkJSON struct {
	Kind         string          `json:"kind"`
	Target       string          `json:"target"`
	Classes      int             `json:"classes,omitempty"`
	Features     []string        `json:"features,omitempty"`
	Sites        []string        `json:"sites,omitempty"`
	Standardiser *Standardiser   `json:"standardiser,omitempty"`
	Pixel        *datasets.Pixel `json:"pixel,omitempty"`
	Unit         *TargetUnit     `json:"target_unit,omitempty"`
	Input        []int           `json:"input"`
	Layers       Layers          `json:"layers"`
	Parameters   []paramJSON     `json:"parameters"`
}

// paramJSON is one tensor: float64, little-endian, row by row, in base 64.
type paramJSON struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
	Data  []byte `json:"data"`
}

// MarshalJSON writes a linear model with its coefficients, and a network with its
// layers and parameters.
func (m *Model) MarshalJSON() ([]byte, error) {
	if m.Network == nil {
		type plain Model // without this method
		return json.Marshal((*plain)(m))
	}
	out := networkJSON{
		Kind: m.Kind, Target: m.Target, Classes: m.Classes, Features: m.Features, Sites: m.Sites,
		Standardiser: m.Standardiser, Pixel: m.Pixel, Unit: m.Unit,
		Input: m.Network.Input, Layers: m.Network.Layers,
	}
	for _, p := range m.Network.Params {
		out.Parameters = append(out.Parameters, encodeParam(p))
	}
	return json.Marshal(out)
}

func encodeParam(p blueprint.Param) paramJSON {
	data := make([]byte, 0, 8*len(p.Data))
	for _, v := range p.Data {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	return paramJSON{p.Name, p.Shape, data}
}
