package datasets

import "fmt"

// Copy is a local copy of a set: its folder and what its files are.
type Copy struct {
	Folder string      `json:"folder"`
	Files  []FileState `json:"files"`
}

// FileState says what one file of a copy is.
type FileState struct {
	Name   string `json:"name"` // as it lies in the folder
	SHA256 string `json:"sha256,omitempty"`
	// State is "original", how a known variant differs, "unknown content", or
	// what is wrong with the file.
	State string `json:"state"`
	Good  bool   `json:"good"` // Load takes it
}

// Good reports whether Load takes every file of the copy.
func (c Copy) Good() bool {
	for _, f := range c.Files {
		if !f.Good {
			return false
		}
	}
	return len(c.Files) > 0
}

// Copies reads and hashes every copy of the set that is in one of Folders, or
// in dir if that is not empty. A folder with only some of the files is listed
// too.
func (s Set) Copies(dir string) []Copy {
	if s.Embedded() {
		from, err := s.locate("")
		if err != nil {
			return nil
		}
		return []Copy{s.inspect(from)}
	}
	folders := s.Folders()
	if dir != "" {
		folders = []string{dir}
	}
	var list []Copy
	for _, dir := range folders {
		if f := diskFolder(dir); len(f.missing(s)) < len(s.Files) {
			list = append(list, s.inspect(f))
		}
	}
	return list
}

func (s Set) inspect(from folder) Copy {
	c := Copy{Folder: from.name}
	for _, file := range s.Files {
		c.Files = append(c.Files, file.inspect(from))
	}
	return c
}

func (f File) inspect(from folder) FileState {
	name := from.find(f.Name)
	if name == "" {
		return FileState{Name: f.Name, State: "missing"}
	}
	a, err := from.read(name)
	if err != nil {
		return FileState{Name: name, State: err.Error()}
	}
	state := FileState{Name: name, SHA256: fmt.Sprintf("%x", a.SHA256), State: "unknown content"}
	if content, known := f.content(a); known {
		state.State, state.Good = "original", true
		if content.Note != "" {
			state.State = content.Note
		}
	}
	return state
}
