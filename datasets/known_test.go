package datasets_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/datasets"
)

func TestEmbeddedImages(t *testing.T) {
	s, err := datasets.Lookup("mnist-small")
	require.NoError(t, err)
	require.True(t, s.Embedded())
	set, err := s.Load("")
	require.NoError(t, err)
	require.Equal(t, 800, set.Train.Len())
	require.Equal(t, 200, set.Test.Len())
	require.Equal(t, []byte{5, 0, 4, 1, 9, 2, 1, 3, 1, 4}, set.Train.Labels[:10]) // as everybody knows them
	require.Equal(t, []byte{7, 2, 1, 0, 4, 1, 4, 9, 5, 9}, set.Test.Labels[:10])
	require.Len(t, set.Notes, 1)
	require.Contains(t, set.Notes[0], "pixels of value 1 are 0")
	copies := s.Copies("")
	require.Len(t, copies, 1)
	require.True(t, copies[0].Good())
}

func TestLookup(t *testing.T) {
	_, err := datasets.Lookup("mnst")
	require.EqualError(t, err, `datasets: no set is named "mnst", did you mean "mnist"?`)
	_, err = datasets.Lookup("fashion")
	require.EqualError(t, err, `datasets: no set is named "fashion", did you mean "fashion-mnist"?`)
	_, err = datasets.Lookup("iris")
	require.EqualError(t, err, `datasets: no set is named "iris", want one of mnist, fashion-mnist, mnist-small`)
	for _, s := range datasets.Known() {
		found, err := datasets.Lookup(s.Name)
		require.NoError(t, err)
		require.Equal(t, s, found)
		require.Len(t, s.Files, 4)
		require.Equal(t, s.Embedded(), len(s.Folders()) == 0)
	}
}

// copySmall writes the files of the embedded set to a folder, under the names
// that Keras users have.
func copySmall(t *testing.T) (datasets.Set, string) {
	t.Helper()
	dir := t.TempDir()
	for file, name := range map[string]string{
		"train-images-idx3-ubyte.gz": "train-images.idx3-ubyte.gz", "train-labels-idx1-ubyte.gz": "train-labels-idx1-ubyte.gz",
		"t10k-images-idx3-ubyte.gz": "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz": "t10k-labels.idx1-ubyte.gz",
	} {
		data, err := os.ReadFile(filepath.Join("mnist", file))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	s, err := datasets.Lookup("mnist-small")
	require.NoError(t, err)
	return s, dir
}

func TestLoadFromFolder(t *testing.T) {
	s, dir := copySmall(t)
	set, err := s.Load(dir)
	require.NoError(t, err)
	require.Equal(t, dir, set.Folder)
	embedded, err := s.Load("")
	require.NoError(t, err)
	require.Equal(t, embedded.Train.Pixels, set.Train.Pixels)
}

func TestFolderFromTheEnvironment(t *testing.T) {
	_, dir := copySmall(t)
	root := t.TempDir()
	require.NoError(t, os.Rename(dir, filepath.Join(root, "mnist")))
	t.Setenv(datasets.FolderVariable, root)
	s, err := datasets.Lookup("mnist")
	require.NoError(t, err)
	require.Equal(t, filepath.Join(root, "mnist"), s.Folders()[0])
	_, err = s.Load("")
	require.ErrorContains(t, err, "it has 800 images of 1×28×28, want 60000 of 1×28×28 for mnist")
	copies := s.Copies("")
	require.NotEmpty(t, copies)
	require.False(t, copies[0].Good())
	require.Equal(t, "unknown content", copies[0].Files[0].State)
}

func TestChangedFiles(t *testing.T) {
	s, dir := copySmall(t)
	labels := make([]byte, 200)
	write := func(data []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "t10k-labels.idx1-ubyte.gz"), data, 0o600))
	}
	write(idx(labels, 200))
	_, err := s.Load(dir)
	require.ErrorContains(t, err, "want 181dda88fbf8… of mnist-small (its bytes were changed: fetch the file again")
	write(idx(labels[:199], 199))
	_, err = s.Load(dir)
	require.ErrorContains(t, err, "it has 199 labels for the 200 images of")
	labels[3] = 10
	write(idx(labels, 200))
	own, err := datasets.LoadIDX(dir, 10)
	require.ErrorContains(t, err, "image 4 has the label 10, want a class number from 0 to 9")
	require.Nil(t, own)
	own, err = datasets.LoadIDX(dir, 11)
	require.NoError(t, err)
	require.Equal(t, [2]int{800, 200}, own.Set.Rows)
}

func TestImagesOfMixedSizes(t *testing.T) {
	_, dir := copySmall(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "t10k-images-idx3-ubyte.gz"), idx(make([]byte, 200*14*14), 200, 14, 14), 0o600))
	_, err := datasets.LoadIDX(dir, 10)
	require.ErrorContains(t, err, "its images are 1×14×14, want 1×28×28 as in")
}

func TestFoldersWithoutTheFiles(t *testing.T) {
	s, dir := copySmall(t)
	require.NoError(t, os.Remove(filepath.Join(dir, "train-labels-idx1-ubyte.gz")))
	_, err := s.Load(dir)
	require.EqualError(t, err, dir+": lacks train-labels-idx1-ubyte of mnist-small (each may end in .gz)")
	_, err = s.Load(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "the folder of mnist-small cannot be opened")
	copies := s.Copies("")
	require.True(t, copies[0].Good(), "the embedded one")

	t.Chdir(t.TempDir())
	t.Setenv(datasets.FolderVariable, dir)
	mnist, err := datasets.Lookup("mnist")
	require.NoError(t, err)
	if len(mnist.Copies("")) == 0 { // the machine has none either
		_, err = mnist.Load("")
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.ErrorContains(t, err, "no copy was found in ")
		require.ErrorContains(t, err, "data: {dataset: mnist, path: FOLDER}")
	}
}
