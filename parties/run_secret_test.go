package parties

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/tensor"
)

// telltale is a cell of south that no other cell, mean or metric looks like.
const telltale = 7654.321

// withTelltale is a job in which one row of south holds the telltale, and no other
// a larger number.
func withTelltale(t *testing.T) *Job {
	t.Helper()
	j := twoOwners(t)
	for name, rows := range map[string]people{"north.csv": somePeople(1, 40), "south.csv": somePeople(2, 30), "test.csv": somePeople(9, 50)} {
		for _, row := range rows {
			row[1] /= 1000
		}
		if name == "south.csv" {
			rows[17][1] = telltale
		}
		rows.csv(t, j.Dir, name)
	}
	return j
}

// said is all that a run tells: its result, its error, warnings and progress.
func said(t *testing.T, j *Job, engine string) string {
	t.Helper()
	text := ""
	r, err := Local(t.Context(), j, Options{Engine: engine, OnEvent: func(e Event) { text += fmt.Sprintf("%+v\n", e) }})
	if err != nil {
		return text + fmt.Sprintf("%v %+v %#v", err, err, err)
	}
	result, err := json.MarshalIndent(r, "", " ")
	require.NoError(t, err)
	return text + string(result) + fmt.Sprintf("%+v %#v", r, r)
}

// No result, warning, event or error of a run holds a cell of a row: not of a run
// that ends well, and not of one that fails once servers and owners have begun.
func TestRunsTellNoCell(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(j *Job)
		says   string
	}{
		"well":           {func(*Job) {}, `"metrics"`},
		"sites":          {func(j *Job) { j.Data.SiteIntercepts = true }, `"site_intercepts"`},
		"own test rows":  {func(j *Job) { j.Data.Test = nil; j.Data.Owners[1].TestFraction = .5 }, `"metrics"`},
		"cell too large": {func(j *Job) { j.Data.Standardise = StandardiseNone }, "outside the fixed-point range"},
		"useless": {func(j *Job) {
			j.Train.LearningRate, j.Train.Momentum, j.Train.Epochs, j.Train.L2 = 256, 0, 2, .0039
		}, "the model predicts worse"},
		"missing file": {func(j *Job) { j.Data.Owners[0].File = "nowhere.csv" }, "no such file"},
		"no target":    {func(j *Job) { j.Data.Target = "ill" }, `"ill"`},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, engine string) {
				j := withTelltale(t)
				tc.change(j)
				text := said(t, j, engine)
				require.NotEmpty(t, text)
				require.NotRegexp(t, `7654\.3|7\.65\d*e\+0?3`, text)
				require.Contains(t, text, tc.says)
			})
		})
	}
}

// A cell that is wrong in itself is quoted, to its owner, before anything is
// shared: loading fails, and no server starts.
func TestWrongCellsStayAtHome(t *testing.T) {
	j := withTelltale(t)
	j.Data.Standardise = StandardiseRanges
	j.Data.Ranges = map[string][2]float64{"age": {0, 120}, "income": {0, 500}, "score": {-5, 5}}
	r, err := newRun(j, Options{})
	require.NoError(t, err)
	require.ErrorContains(t, r.load(), `south.csv:19: column 2 "income": got 7654.321, want 0 to 500 as agreed`)
	require.Empty(t, r.desk.items)
}

// served runs the servers of a job, with owners who only hand in their rows, and
// returns what the servers left on the desk for them.
func served(t *testing.T, j *Job) *run {
	t.Helper()
	r, err := newRun(j, Options{})
	require.NoError(t, err)
	require.NoError(t, r.load())
	ctx, cancel := contextWithCause(t)
	var wg sync.WaitGroup
	for _, o := range r.owners {
		wg.Go(func() { assert.NoError(t, r.handIn(ctx, o)) })
	}
	require.NoError(t, r.serve(ctx, cancel))
	wg.Wait()
	return r
}

// handIn takes an owner's side until the rows are handed in.
func (r *run) handIn(ctx context.Context, o *OwnerSide) error {
	if err := r.submit(o, Item{ItemSums, o.name}); err != nil {
		return err
	}
	from, err := r.collect(ctx, Item{ItemStandardiser, o.name})
	if err != nil {
		return err
	}
	if err := o.Accept(ctx, ItemStandardiser, from); err != nil {
		return err
	}
	return errors.Join(r.submit(o, Item{ItemFeatures, o.name}), r.submit(o, Item{ItemTargets, o.name}))
}

// What servers hand to one owner is a share each, prints as [secret], and says
// something only to whoever has those of all three.
func TestDeliveriesAreShares(t *testing.T) {
	j := twoOwners(t)
	j.Reveal = []Reveal{{RevealModel, to("north")}}
	r := served(t, j)
	var from []tensor.Delivery
	for k := range r.servers {
		d, err := take[Delivered](t.Context(), r.desk, deskPlace{Item{ItemModel, "north"}, k})
		require.NoError(t, err)
		require.Equal(t, "[secret]", fmt.Sprintf("%+v", d))
		v, err := d.open(k)
		require.NoError(t, err)
		require.Nil(t, v.value, "opened to the servers")
		from = append(from, v.half)
	}
	_, err := tensor.CombineDeliveries(from[:2])
	require.Error(t, err)
	model, err := tensor.CombineDeliveries(from)
	require.NoError(t, err)
	require.Equal(t, 4, model.Len())
	for at, slot := range r.desk.items {
		require.False(t, at.Owner == "south" && len(slot) > 0, "%v is left for south", at)
	}
}

// Where the reveal list opens a sum over so few that it shows one of them, the run
// says so.
func TestSmallGroupsAreToldOf(t *testing.T) {
	j := newTestJob(t, somePeople(1, 40), somePeople(2, 9))
	j.Data.Owners[0].TestFraction = .3
	warnings := strings.Join(runJob(t, j, EngineClear).Warnings, "\n")
	require.Contains(t, warnings, "owner south has only 9 rows: the others can work out much of them from the joint mean and deviation")
	require.Contains(t, warnings, "metrics/test are those of north alone, the only owner with test rows that gets the model")

	many := twoOwners(t)
	require.Empty(t, runJob(t, many, EngineClear).Warnings)
	j.Data.Standardise = StandardiseRanges
	j.Data.Ranges = map[string][2]float64{"age": {0, 120}, "income": {0, 1e5}, "score": {-5, 5}}
	j.Data.Owners[1].TestFraction, j.Reveal = .3, nil
	require.NotContains(t, strings.Join(runJob(t, j, EngineClear).Warnings, "\n"), "rows:", "ranges open nothing")
}
