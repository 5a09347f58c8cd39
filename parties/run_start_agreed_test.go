package parties

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/internal/mpc"
)

// startingConsortium is a job with servers that goes on from a model, with the owners'
// sides; north has the model.
func startingConsortium(t *testing.T, s Start, file string) (*Job, []*OwnerSide) {
	t.Helper()
	local := networkOfPeople(t)
	j, _ := networkedJob(t)
	j.Dir, j.Model, j.Loss, j.Layers, j.Train, j.Number, j.Start = local.Dir, local.Model, local.Loss, local.Layers, local.Train, local.Number, &s
	j.Train.Epochs, j.Train.Sigmoid = 1, ""
	if s.File != "" {
		require.NoError(t, os.WriteFile(filepath.Join(j.Dir, s.File), read(t, file), 0o600))
	}
	require.NoError(t, j.Check())
	var owners []*OwnerSide
	for i, o := range local.Data.Owners {
		files := OwnerFiles{Rows: o.File}
		if i == 0 {
			files.Start = file
		}
		side, err := NewOwnerSide(j, o.Name, files, func(string) {})
		require.NoError(t, err)
		owners = append(owners, side)
	}
	return j, owners
}

// With servers that look for no file, a public and a secret model lead to the same.
func TestStartAsAConsortium(t *testing.T) {
	file := startOf(t, networkOfPeople(t)).File
	var models []*Model
	for _, s := range []Start{{SHA256: sumOf(read(t, file))}, {Owner: "north"}} {
		j, owners := startingConsortium(t, s, file)
		agreed, err := ParseAgreed("job", j.Canonical())
		require.NoError(t, err)
		reports := runPhases(t, agreed, owners)
		models = append(models, owners[1].Result(reports).Model)
	}
	for i, p := range models[0].Network.Params {
		requireClose(t, p.Data, models[1].Network.Params[i].Data, 1e-9, "%s", p.Name)
	}
}

// A server refuses a public model with another hash, naming both, and a secret one of
// another size; an owner that does not have the model refuses to bring one.
func TestStartThatServersRefuse(t *testing.T) {
	file := startOf(t, networkOfPeople(t)).File
	text := read(t, file)
	j, _ := startingConsortium(t, Start{SHA256: sumOf(text)}, file)
	require.NoError(t, j.CheckStartFile(text))
	other := append([]byte(" "), text...)
	require.ErrorContains(t, j.CheckStartFile(other), "has the SHA-256 "+sumOf(other)+", and start.sha256 is "+sumOf(text))
	_, err := NewOwnerSide(j, "north", OwnerFiles{Rows: "north.csv"}, func(string) {})
	require.ErrorContains(t, err, "owner north hands in the model to start from, and no file is named")
	require.Empty(t, j.StartFile("north"))

	j, owners := startingConsortium(t, Start{Owner: "north"}, file)
	require.NoError(t, j.CheckStartCount(6*3+6+6+1))
	require.EqualError(t, j.CheckStartCount(30), "30 weights, and the job takes 31 (linear1, linear2)")
	_, err = NewOwnerSide(j, "south", OwnerFiles{Rows: "south.csv", Start: file}, func(string) {})
	require.ErrorContains(t, err, "the job takes no model of owner south")
	require.ErrorContains(t, trainFrom(t, j, owners, 30), "owner north handed in 30 weights to start from, want 31")
}

// trainFrom runs training in the clear with so many weights in the place of north's.
func trainFrom(t *testing.T, j *Job, owners []*OwnerSide, n int) error {
	t.Helper()
	r := &run{job: j, desk: newDesk(), servers: 1, opt: Options{Engine: EngineClear}, owners: owners}
	for _, o := range owners {
		st, err := datasets.FromSums(o.train.Features, datasets.SumsOf(o.train))
		require.NoError(t, err)
		o.setScale(st)
		for _, what := range []string{ItemFeatures, ItemTargets} {
			require.NoError(t, r.submit(o, Item{what, o.name}))
		}
	}
	r.desk.leave(deskPlace{Item{ItemStart, "north"}, 0}, mpc.Plain(make([]uint64, n)))
	return r.serveClear(t.Context(), PhaseTrain)
}

// The job in plain words says whose model it is, and who can see its weights.
func TestExplainStart(t *testing.T) {
	file := startOf(t, networkOfPeople(t)).File
	text := func(s Start) string {
		j, _ := startingConsortium(t, s, file)
		return strings.Join(j.Explain(), "\n")
	}
	secret := text(Start{Owner: "north", Only: []string{"linear1"}})
	require.Contains(t, secret, "training starts from a secret model of north: its weights are split into shares at home, as rows are, and are opened to nobody\n"+
		"but whoever gets model/final can tell much of the weights that it started from, the more the shorter the training\n"+
		"and north chooses these weights unseen: it can choose them so that model/final shows single rows of other owners, the more the shorter the training\n"+
		"of that model only these layers are taken: linear1")
	public := text(Start{SHA256: sumOf(read(t, file)), Freeze: []string{"linear1"}})
	require.Contains(t, public, fmt.Sprintf("training starts from a public model, whose weights all may see: the file with the SHA-256 %s, which owner north hands in and each server checks; it is not here, so nothing else of it was checked\n"+
		"not trained any more: linear1", sumOf(read(t, file))))
	public = text(Start{File: "model.json"})
	require.Contains(t, public, "and each server checks\n")
}

// A job that comes from others is no reason to look at files of this machine.
func TestAgreedJobReadsNothing(t *testing.T) {
	file := startOf(t, networkOfPeople(t)).File
	j, _ := startingConsortium(t, Start{File: "model.json"}, file)
	file = filepath.Join(j.Dir, "model.json")
	canonical := string(j.Canonical())
	agreed, err := ParseAgreed("job", []byte(canonical))
	require.NoError(t, err)
	require.Equal(t, j.Hash(), agreed.Hash())
	require.NoError(t, os.WriteFile(file, []byte("another"), 0o600))
	job := filepath.Join(j.Dir, "job")
	_, err = ParseAgreed(job, []byte(canonical))
	require.NoError(t, err)
	_, err = ParseJob(job, []byte(canonical))
	require.ErrorContains(t, err, "has the SHA-256 "+sumOf([]byte("another"))+", and start.sha256 is "+j.Start.SHA256)
	_, err = ParseAgreed("job", []byte(strings.Replace(canonical, j.Start.SHA256, "", 1)))
	require.ErrorContains(t, err, "start has no sha256, so it is not agreed which model it is")
	for _, elsewhere := range []string{"/etc/passwd", "../model.json", `C:model.json`} {
		_, err = ParseJob(job, []byte(strings.Replace(canonical, "model.json", elsewhere, 1)))
		require.ErrorContains(t, err, "want a file beside the job file")
	}
}
