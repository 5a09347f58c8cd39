package identity

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFileGolden fixes the format of key files.
func TestFileGolden(t *testing.T) {
	want, err := os.ReadFile("testdata/golden.key")
	require.NoError(t, err)
	require.Equal(t, string(want), string(counted().text()))
	k, err := parse(want)
	require.NoError(t, err)
	require.Equal(t, counted().Fingerprint(), k.Fingerprint())
}

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hospital-a.key")
	k := Generate()
	require.NoError(t, k.Save(path))
	if runtime.GOOS != "windows" {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode())
	}
	back, err := Load(path)
	require.NoError(t, err)
	require.Equal(t, k.Private(), back.Private())
	require.Equal(t, k.SealKey().Bytes(), back.SealKey().Bytes())
}

func TestSaveNeverOverwrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.key")
	require.NoError(t, counted().Save(path))
	require.EqualError(t, other().Save(path), path+" exists already, and a private key is never overwritten: choose another name, or move the file away")
	k, err := Load(path)
	require.NoError(t, err)
	require.Equal(t, counted().Fingerprint(), k.Fingerprint())

	link := filepath.Join(filepath.Dir(path), "link.key")
	require.NoError(t, os.Symlink(filepath.Join(t.TempDir(), "elsewhere"), link))
	require.ErrorContains(t, other().Save(link), "exists already", "a link is not followed")
	require.ErrorIs(t, other().Save(filepath.Join(path+"-none", "b.key")), os.ErrNotExist, "or what the system says")
}

func TestLoadRefusesFilesOfOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no Unix modes")
	}
	path := filepath.Join(t.TempDir(), "a.key")
	require.NoError(t, counted().Save(path))
	for _, mode := range []os.FileMode{0o640, 0o604, 0o610, 0o620, 0o602, 0o601, 0o644, 0o777} {
		require.NoError(t, os.Chmod(path, mode))
		_, err := Load(path)
		require.ErrorContains(t, err, "can be read or changed by others")
		require.ErrorContains(t, err, "run chmod 600 "+path)
	}
	for _, mode := range []os.FileMode{0o600, 0o400} {
		require.NoError(t, os.Chmod(path, mode))
		_, err := Load(path)
		require.NoError(t, err)
	}
	_, err := Load(filepath.Dir(path))
	require.ErrorContains(t, err, "is not a file")
	_, err = Load(path + ".none")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestLoadNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.key")
	require.NoError(t, os.WriteFile(path, make([]byte, maxFile+1), 0o600))
	_, err := Load(path)
	require.EqualError(t, err, "private key "+path+": longer than 4096 bytes, so not a key file")
}

func TestParseExplains(t *testing.T) {
	good := string(counted().text())
	lines := strings.SplitAfter(good, "\n") // title, two comments, public, seed, ""
	public, seed := lines[3], lines[4]
	title := lines[0]
	for _, c := range []struct{ text, want string }{
		{"", "the first line is not"},
		{"-----BEGIN OPENSSH PRIVATE KEY-----\n", "not a key file"},
		{title[:len(title)-1], "cut short"},
		{strings.Replace(good, "version 1", "version 2", 1), `version "2" of the file, this program reads version 1`},
		{title, "public or seed is missing"},
		{title + public, "public or seed is missing"},
		{title + seed, "public or seed is missing"},
		{title + public + public + seed, "line 3 is not one of public and seed, once each"},
		{title + public + seed + "name: x\n", "line 4 is not one of public and seed"},
		{title + public + "\n" + seed, "line 3 is not one of public and seed"},
		{title + "public:" + public[8:] + seed, "line 2 is not one of"},
		{title + public + seed[:len(seed)-1], "line 3 does not end: the file was cut short"},
		{title + public + seed[:len(seed)-2] + "\n", "the seed is damaged (42 characters, want 43)"},
		{title + public + seed[:len(seed)-2] + "*\n", "the seed is damaged (not base64 of 32 bytes)"},
		{title + public + strings.Replace(seed, "seed: A", "seed: B", 1), "the seed is not that of the public key"},
		{title + strings.SplitAfter(string(other().text()), "\n")[3] + seed, "the seed is not that of the public key"},
		{strings.ReplaceAll(good, "\n", "\r\n"), "version \"1\\r\""},
	} {
		_, err := parse([]byte(c.text))
		require.ErrorContains(t, err, c.want)
		require.NotContains(t, err.Error(), seed[8:20], "errors do not tell the seed")
	}
	for _, text := range []string{title + public + seed, title + seed + public, title + seed + "# c\n" + public + "# the end"} {
		k, err := parse([]byte(text))
		require.NoError(t, err)
		require.Equal(t, counted().Fingerprint(), k.Fingerprint())
	}
}

// Whatever parses is the key that its public line says.
func FuzzParse(f *testing.F) {
	f.Add(counted().text())
	f.Add([]byte("trefoil private key, version 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := parse(data)
		if err != nil {
			return
		}
		require.Contains(t, string(data), "\npublic: "+k.Fingerprint()+"\n")
		again, err := parse(k.text())
		require.NoError(t, err)
		require.Equal(t, k.Private(), again.Private())
	})
}
