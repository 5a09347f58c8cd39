package parties

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// revealCase is a reveal list with what must come of it: which owners have the
// model and the pooled metrics, and what is in the audit log, before and after
// training.
type revealCase struct {
	list           []Reveal
	model, metrics []string
	after          []string
}

func to(owners ...string) Audience { return owners }

func revealCases() map[string]revealCase {
	both, north, south := []string{"north", "south"}, []string{"north"}, []string{"south"}
	list := func(model, metrics Audience) []Reveal {
		return []Reveal{{RevealModel, model}, {RevealMetrics, metrics}}
	}
	return map[string]revealCase{
		"defaults":                   {nil, both, both, []string{"model/final to [north south]: 4", "metrics/test to [all]: 5"}},
		"model to all":               {[]Reveal{{RevealModel, Everyone()}}, both, nil, []string{"model/final to [all]: 4"}},
		"model to one":               {[]Reveal{{RevealModel, south}}, south, nil, []string{"model/final to [south]: 4"}},
		"both to one":                {list(south, south), south, south, []string{"model/final to [south]: 4", "metrics/test to [south]: 5"}},
		"each to another":            {list(north, south), north, south, []string{"model/final to [north]: 4", "metrics/test to [south]: 5"}},
		"to one, and metrics to all": {list(north, Everyone()), north, both, []string{"model/final to [north]: 4", "metrics/test to [all]: 5"}},
		"metrics to one":             {list(both, north), both, north, []string{"model/final to [north south]: 4", "metrics/test to [north]: 5"}},
		"all to all":                 {list(Everyone(), Everyone()), both, both, []string{"model/final to [all]: 4", "metrics/test to [all]: 5"}},
	}
}

// Whatever the reveal list: those on it get what it says, nobody else does, and
// the audit logs of all three servers are the list and no more.
func TestRevealLists(t *testing.T) {
	for name, tc := range revealCases() {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, engine string) {
				j := twoOwners(t)
				j.Reveal = tc.list
				r := insideRun(t, j, Options{Engine: engine})
				for _, o := range r.owners {
					require.Equal(t, slices.Contains(tc.model, o.name), o.model != nil, "model of %s", o.name)
					require.Equal(t, slices.Contains(tc.metrics, o.name), o.pooled != nil, "metrics of %s", o.name)
					require.Equal(t, slices.Contains(tc.model, o.name), o.metrics.Joint != nil, "own score of %s", o.name)
				}
				want := append([]string{"data/standardiser to [north south]: 7", "train/overflow to [all]: 1"}, tc.after...)
				for k := range r.servers {
					require.Equal(t, want, openings(r.reports[k]), "server %d", k)
				}
				requireDeskFollows(t, r)
			})
		})
	}
}

func openings(phases []*PhaseReport) (list []string) {
	for _, o := range audit(phases) {
		list = append(list, fmt.Sprintf("%s to %v: %d", o.What, []string(o.To), o.Values))
	}
	return list
}

// requireDeskFollows looks at what the servers left for owners: nothing was left,
// taken or not, for an owner who is not in the audience.
func requireDeskFollows(t *testing.T, r *run) {
	t.Helper()
	what := map[string]string{ItemModel: RevealModel, ItemMetrics: RevealMetrics, ItemStandardiser: RevealStandardiser}
	for at, slot := range r.desk.items {
		require.Empty(t, slot, "%v was not taken", at)
		if line, opened := what[at.What]; opened {
			require.True(t, r.job.Audience(line).Includes(at.Owner), "%v for %s", at.What, at.Owner)
		}
	}
}

// Ranges and no standardising open no statistics.
func TestOnlyJointStatisticsAreOpened(t *testing.T) {
	j := twoOwners(t)
	j.Data.Standardise = StandardiseRanges
	j.Data.Ranges = map[string][2]float64{"age": {0, 120}, "income": {0, 1e5}, "score": {-5, 5}}
	on(t, func(t *testing.T, engine string) {
		r := insideRun(t, j, Options{Engine: engine})
		require.Equal(t, []string{"train/overflow to [all]: 1", "model/final to [north south]: 4", "metrics/test to [all]: 5"}, openings(r.reports[0]))
	})
}

// The audit log of a result is that of the servers, in order, with the step and
// the round of each opening.
func TestAuditOfAResult(t *testing.T) {
	on(t, func(t *testing.T, engine string) {
		j := twoOwners(t)
		j.Train.Epochs = 30 // 150 steps: the alarm bit is opened after 65, 130 and 150
		r := runJob(t, j, engine)
		var got []string
		round := 0
		for i, a := range r.Audit {
			require.Equal(t, i+1, a.Seq)
			require.GreaterOrEqual(t, a.Round, round)
			require.LessOrEqual(t, a.Round, r.Cost.Rounds)
			round = a.Round
			got = append(got, a.What+" at "+a.Step)
		}
		require.Equal(t, []string{
			"data/standardiser at standardiser",
			"train/overflow at epoch 13/range", "train/overflow at epoch 26/range", "train/overflow at epoch 30/range",
			"model/final at model/final", "metrics/test at metrics/test",
		}, got)
	})
}

// Without a line of the reveal list there is no permit, and so no way to open.
func TestPolicyIsTheRevealList(t *testing.T) {
	j := twoOwners(t)
	j.Reveal = []Reveal{{RevealModel, to("north")}}
	require.NoError(t, j.Check())
	policy := j.policy()
	_, err := policy.Permit(RevealMetrics)
	require.ErrorContains(t, err, `"metrics/test" is not on the job's list`)
	for _, line := range j.Reveal {
		_, err := policy.Permit(line.What)
		require.NoError(t, err)
	}
	_, err = policy.Permit("rows")
	require.Error(t, err)
}

// If nobody who gets the model has test rows, there are no metrics, and the run
// says so.
func TestNobodyCanJudge(t *testing.T) {
	j := newTestJob(t, somePeople(1, 40), somePeople(2, 30))
	j.Data.Owners[0].TestFraction = .3
	j.Reveal = []Reveal{{RevealModel, to("south")}, {RevealMetrics, Everyone()}}
	on(t, func(t *testing.T, engine string) {
		r := insideRun(t, j, Options{Engine: engine})
		require.Equal(t, []string{
			"data/standardiser to [north south]: 7", "train/overflow to [all]: 1", "model/final to [south]: 4",
		}, openings(r.reports[0]))
		require.Contains(t, r.warned, "metrics/test is left out: no owner that gets the model has test rows")
	})
}
