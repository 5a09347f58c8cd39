package main

import (
	"encoding/json"
	"os"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/trefoil-ml/trefoil/parties"
)

// sameCost FILE FILE compares what two results took, but for time and memory, and
// their metrics in so far as roundings leave them.
func sameCost(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: same-cost FILE FILE")
	}
	var costs [2]parties.Cost
	for i, file := range args {
		var r struct{ Cost parties.Cost }
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(file)), &r))
		r.Cost.TrainSeconds, r.Cost.PeakMemoryBytes, r.Cost.Network = 0, 0, nil
		costs[i] = r.Cost
	}
	if costs[0] != costs[1] || costs[0].Rounds == 0 {
		ts.Fatalf("got %+v and %+v, want the same", costs[0], costs[1])
	}
}

// empty DIR checks that a folder has nothing in it.
func empty(ts *testscript.TestScript, neg bool, args []string) {
	list, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if neg || len(list) > 0 {
		ts.Fatalf("%s holds %v", args[0], list)
	}
}
