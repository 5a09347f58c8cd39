package mpc_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// descendProtocols are the rows of Descend in the table: with two parts.
func descendProtocols() []protocol {
	var rows []protocol
	for _, form := range truncForms {
		rows = append(rows, protocol{
			name: fmt.Sprintf("Descend/%s", form.name), opts: form.opts,
			run: func(p *mpc.Party, in operands) {
				n := in.x.Len()
				w, u := p.Add(in.x, in.y), p.Add(in.y, in.y)
				p.Descend([]mpc.Descent{
					{W: p.Slice(w, 0, n/3), Gradient: p.AsProduct(p.Slice(in.x, 0, n/3)), Rate: 3, Decay: 5},
					{W: p.Slice(w, n/3, n), Gradient: p.AsProduct(p.Slice(in.x, n/3, n)), Rate: 3},
				}, u, 7, 16)
			},
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.Descend(n, 16) },
		})
	}
	return rows
}

// TestDescendInChunks compares weights and velocity, in parts that begin and end
// anywhere in chunks, with the sum worked out in the clear: with exact rounding to
// the bit, otherwise to within one unit.
func TestDescendInChunks(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, form := range truncForms {
		for _, sizes := range [][]int{{1}, {30, 1}, {mpc.Chunk - 1, 3, mpc.Chunk}, {100, 2*mpc.Chunk + 7, 1, 65}} {
			n := 0
			for _, size := range sizes {
				n += size
			}
			w, g, u := small(r, n), small(r, n), small(r, n)
			out := mpctest.Eval3(t, form.opts, func(p *mpc.Party, in []mpc.Arith) mpc.Arith {
				var parts []mpc.Descent
				at := 0
				for i, size := range sizes {
					d := mpc.Descent{W: p.Slice(in[0], at, at+size), Gradient: p.AsProduct(p.Slice(in[1], at, at+size)), Rate: 3}
					if i%2 == 0 {
						d.Decay = 5
					}
					parts = append(parts, d)
					at += size
				}
				p.Descend(parts, in[2], 7, 4)
				return p.Concat(in[0], in[2])
			}, w, g, u)
			at := 0
			for i, size := range sizes {
				for k := at; k < at+size; k++ {
					sum := 3*g[k] + 7*u[k]
					if i%2 == 0 {
						sum += 5 * w[k]
					}
					require.True(t, rounded(form.opts, out[n+k], sum, 4), "%s, %v: velocity %d", form.name, sizes, k)
					require.Equal(t, w[k]-out[n+k], out[k], "%s, %v: weight %d", form.name, sizes, k)
				}
				at += size
			}
		}
	}
}

// small returns n numbers of either sign.
func small(r *rand.Rand, n int) []uint64 {
	v := make([]uint64, n)
	for i := range v {
		v[i] = uint64(int64(r.Uint64()) >> 30)
	}
	return v
}

func TestDescendRefuses(t *testing.T) {
	for want, run := range map[string]func(p *mpc.Party, x mpc.Arith){
		"descend: gradient: got 2 elements, want 3": func(p *mpc.Party, x mpc.Arith) {
			p.Descend([]mpc.Descent{{W: x, Gradient: p.AsProduct(p.Slice(x, 0, 2))}}, x, 1, 8)
		},
		"descend: got 3 weights and a velocity of 2, want as many": func(p *mpc.Party, x mpc.Arith) {
			p.Descend([]mpc.Descent{{W: x, Gradient: p.AsProduct(x)}}, p.Slice(x, 0, 2), 1, 8)
		},
		"truncation: got a shift of 62 bits": func(p *mpc.Party, x mpc.Arith) {
			p.Descend([]mpc.Descent{{W: x, Gradient: p.AsProduct(x)}}, x, 1, 62)
		},
	} {
		r := mpctest.Setup{Context: inTime(t)}.Run(t, func(p *mpc.Party) error {
			run(p, p.Public([]uint64{1, 2, 3}))
			return nil
		})
		for _, err := range r.Errs {
			require.ErrorContains(t, err, want)
		}
	}
}
