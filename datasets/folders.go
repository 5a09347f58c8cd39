package datasets

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// FolderVariable is the environment variable that names a folder with a folder
// for each set: $TREFOIL_DATA/mnist, $TREFOIL_DATA/fashion-mnist.
const FolderVariable = "TREFOIL_DATA"

//go:embed mnist/*.gz
var imageFiles embed.FS

// folder is a place with the files of a set.
type folder struct {
	fs   fs.FS
	name string // for messages
}

// path returns the name of a file for messages.
func (f folder) path(file string) string { return filepath.Join(f.name, file) }

// spellings are the ways in which a file of a set is named.
func spellings(file string) []string {
	dotted := strings.Replace(file, "-idx", ".idx", 1)
	return []string{file + ".gz", file, dotted + ".gz", dotted}
}

// find returns the name under which a file of a set is in the folder, "" if it
// is not there.
func (f folder) find(file string) string {
	for _, name := range spellings(file) {
		if info, err := fs.Stat(f.fs, name); err == nil && info.Mode().IsRegular() {
			return name
		}
	}
	return ""
}

// missing lists the files of the set that the folder lacks.
func (f folder) missing(s Set) (names []string) {
	for _, file := range s.Files {
		if f.find(file.Name) == "" {
			names = append(names, file.Name)
		}
	}
	return names
}

func diskFolder(dir string) folder { return folder{os.DirFS(dir), dir} }

// Folders lists the folders in which Load looks for the set, in this order:
// $TREFOIL_DATA/NAME, data/NAME, where others keep it under the working folder,
// the user's cache and Debian's packages of data sets.
func (s Set) Folders() []string {
	if s.Embedded() {
		return nil
	}
	var list []string
	if dir := os.Getenv(FolderVariable); dir != "" {
		list = append(list, filepath.Join(dir, s.Name))
	}
	list = append(list, filepath.Join("data", s.Name))
	for _, dir := range s.Also {
		list = append(list, filepath.FromSlash(dir))
	}
	if dir, err := os.UserCacheDir(); err == nil {
		list = append(list, filepath.Join(dir, "trefoil", s.Name))
	}
	return append(list, filepath.FromSlash("/usr/share/datasets/"+s.Name))
}

// locate returns dir if it has the files of the set; without dir the first of
// Folders that has them, or the embedded files.
func (s Set) locate(dir string) (folder, error) {
	if s.Embedded() && dir == "" {
		sub, err := fs.Sub(imageFiles, s.part)
		return folder{sub, "embedded " + s.Name}, err
	}
	if dir != "" {
		return s.check(diskFolder(dir))
	}
	for _, dir := range s.Folders() {
		if f := diskFolder(dir); len(f.missing(s)) == 0 {
			return f, nil
		}
	}
	return folder{}, &ParseError{
		File: s.Name, Msg: "no copy was found in " + strings.Join(s.Folders(), ", "),
		Hint: s.Get, Err: fs.ErrNotExist,
	}
}

// check returns an error that names what a given folder lacks.
func (s Set) check(f folder) (folder, error) {
	info, err := os.Stat(f.name)
	switch {
	case err != nil:
		return f, &ParseError{File: f.name, Msg: fmt.Sprintf("the folder of %s cannot be opened: %v", s.Name, cause(err)), Hint: s.Get, Err: err}
	case !info.IsDir():
		return f, &ParseError{File: f.name, Msg: "is a file, want the folder with the files of " + s.Name}
	}
	missing := f.missing(s)
	if len(missing) == 0 {
		return f, nil
	}
	return f, &ParseError{
		File: f.name, Msg: fmt.Sprintf("lacks %s of %s", strings.Join(missing, ", "), s.Name),
		Hint: "each may end in .gz", Err: fs.ErrNotExist,
	}
}
