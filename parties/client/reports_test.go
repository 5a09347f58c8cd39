package client

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// Reports that tell of different openings, or of such that the job does not allow,
// are refused.
func TestReportsAreCompared(t *testing.T) {
	c := &Client{Job: &parties.Job{Reveal: []parties.Reveal{
		{What: parties.RevealModel, To: parties.Audience{"north"}}, {What: parties.RevealMetrics, To: parties.Everyone()},
	}}}
	report := func() *partypb.PhaseReport {
		return &partypb.PhaseReport{Phase: "train", Session: []byte{1}, Openings: []*partypb.Opening{
			{What: parties.RevealModel, To: []string{"north"}, Step: "end", Values: 3},
			{What: parties.RevealMetrics, To: []string{"all"}, Step: "end", Values: 4},
		}}
	}
	first := []*partypb.PhaseReport{report()}
	require.NoError(t, c.sameReport(1, first, 0, report()))
	for name, change := range map[string]func(*partypb.PhaseReport){
		"different sessions":   func(r *partypb.PhaseReport) { r.Session = []byte{2} },
		"different openings":   func(r *partypb.PhaseReport) { r.Openings[0].To = []string{"north", "south"} },
		"different openings ":  func(r *partypb.PhaseReport) { r.Openings[1].Values++ },
		"different openings  ": func(r *partypb.PhaseReport) { r.Openings = r.Openings[:1] },
	} {
		r := report()
		change(r)
		require.ErrorContains(t, c.sameReport(1, first, 0, r), name[:18])
	}
	for text, change := range map[string]func(*partypb.PhaseReport){
		"opened model/final to north, south, which the job does not allow": func(r *partypb.PhaseReport) { r.Openings[0].To = []string{"north", "south"} },
		"opened data/rows to north, which the job does not allow":          func(r *partypb.PhaseReport) { r.Openings[0].What = "data/rows" },
		"opened metrics/test to north, which":                              func(r *partypb.PhaseReport) { r.Openings[1].To = []string{"north"} },
	} {
		r := report()
		change(r)
		require.ErrorContains(t, c.sameReport(0, []*partypb.PhaseReport{proto.Clone(r).(*partypb.PhaseReport)}, 0, r), text)
	}
}

// Of several sessions the newest counts that all three servers have; a server lists
// its newest first.
func TestNewestDelivery(t *testing.T) {
	it := parties.Item{What: "model", Owner: "north"}
	list := func(sessions ...byte) (out []*partypb.Delivery) {
		for _, s := range sessions {
			out = append(out, &partypb.Delivery{Item: wireItem(it), Session: []byte{s}})
		}
		return out
	}
	found := newest([3][]*partypb.Delivery{list(3, 2, 1), list(2, 1), list(3, 2, 1)}, it)
	require.NotNil(t, found)
	for _, d := range found {
		require.Equal(t, []byte{2}, d.GetSession())
	}
	require.Nil(t, newest([3][]*partypb.Delivery{list(3), list(2), list(3)}, it))
	require.Nil(t, newest([3][]*partypb.Delivery{list(3), list(3), list(3)}, parties.Item{What: "model", Owner: "south"}))
}
