package mpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// TestViewCheckCatches shows that the check can fail: it passes one good
// program and catches programs that send the same vector with a pad that does
// not hide it.
func TestViewCheckCatches(t *testing.T) {
	good := func(p *mpc.Party, in operands) {
		p.SendBare(in.x, p.PadOfPrev(in.x.Len()))
		p.SendBare(in.x, p.PadOfPrev(in.x.Len()))
	}
	require.NoError(t, checkViews(t, mpc.Options{}, secretPair, good))

	for name, run := range map[string]func(p *mpc.Party, in operands){
		"no pad":                    func(p *mpc.Party, in operands) { p.SendBare(in.x, make([]uint64, in.x.Len())) },
		"a pad the receiver knows":  func(p *mpc.Party, in operands) { p.SendBare(in.x, p.PadOfNext(in.x.Len())) },
		"a pad of 63 bits":          func(p *mpc.Party, in operands) { p.SendBare(in.x, keep(p.PadOfPrev(in.x.Len()), 1<<63-1)) },
		"a pad without its 2^5":     func(p *mpc.Party, in operands) { p.SendBare(in.x, keep(p.PadOfPrev(in.x.Len()), ^uint64(1<<5))) },
		"one pad for two messages":  reusePad,
		"one pad for many elements": spreadPad,
	} {
		t.Run(name, func(t *testing.T) {
			require.Error(t, checkViews(t, mpc.Options{}, secretPair, run))
		})
	}
}

func keep(x []uint64, mask uint64) []uint64 {
	for i := range x {
		x[i] &= mask
	}
	return x
}

func reusePad(p *mpc.Party, in operands) {
	pad := p.PadOfPrev(in.x.Len())
	p.SendBare(in.x, pad)
	p.SendBare(in.y, pad)
}

func spreadPad(p *mpc.Party, in operands) {
	pad := p.PadOfPrev(in.x.Len())
	pad[17] = pad[3]
	p.SendBare(in.x, pad)
}
