package datasets

import (
	"encoding/hex"
	"fmt"
	"slices"
)

// ImageSet is a set of images as it was loaded.
type ImageSet struct {
	Set         Set
	Folder      string // where its files are
	Train, Test *Images
	Notes       []string // how the files differ from the original ones; usually none
}

// Load reads the set from dir, or if dir is empty from the first of Folders
// that has its files (an embedded set is just there). It checks magic numbers,
// lengths, number and size of images, labels, and that the SHA-256 of every file
// is a known one. Errors about a file are *ParseError.
func (s Set) Load(dir string) (*ImageSet, error) {
	from, err := s.locate(dir)
	if err != nil {
		return nil, err
	}
	set := &ImageSet{Set: s, Folder: from.name}
	if set.Train, err = s.loadPart(set, from, 0); err != nil {
		return nil, err
	}
	if set.Test, err = s.loadPart(set, from, 1); err != nil {
		return nil, err
	}
	return set, nil
}

// loadPart reads the images to train on (0) or to test on (1).
func (s Set) loadPart(set *ImageSet, from folder, part int) (*Images, error) {
	pixels, err := s.loadFile(set, from, s.Files[2*part])
	if err != nil {
		return nil, err
	}
	labels, err := s.loadFile(set, from, s.Files[2*part+1])
	if err != nil {
		return nil, err
	}
	images, err := NewImages(pixels, labels, s.Classes)
	if err != nil {
		return nil, err
	}
	if images.Len() != s.Rows[part] || !slices.Equal(images.Shape(), s.Shape) {
		return nil, &ParseError{
			File: pixels.Source, Msg: fmt.Sprintf("it has %d images of %s, want %d of %s for %s",
				images.Len(), times(images.Shape()), s.Rows[part], times(s.Shape), s.Name),
			Hint: s.Get,
		}
	}
	return images, nil
}

// loadFile reads a file and notes what is known of its content. A file whose
// header is that of the set is refused only if its content is unknown.
func (s Set) loadFile(set *ImageSet, from folder, file File) (*IDX, error) {
	a, err := from.read(from.find(file.Name))
	if err != nil {
		return nil, err
	}
	content, known := file.content(a)
	switch {
	case known && content.Note != "":
		set.Notes = append(set.Notes, fmt.Sprintf("%s: %s", a.Source, content.Note))
	case !known && s.fits(a, file):
		return nil, &ParseError{
			File: a.Source, Msg: fmt.Sprintf("SHA-256 of its content is %x…, want %s… of %s", a.SHA256[:6], file.Content[0].SHA256[:12], s.Name),
			Hint: "its bytes were changed: fetch the file again, or read it as your own set, data: {dataset: idx, path: FOLDER}",
		}
	}
	return a, nil
}

// fits reports whether an array has the lengths that the file of the set has; if
// not, an error about them says more than one about its hash.
func (s Set) fits(a *IDX, file File) bool {
	part := slices.IndexFunc(s.Files, func(f File) bool { return f.Name == file.Name })
	return a.Dims[0] == s.Rows[part/2] && (part%2 == 1) == (len(a.Dims) == 1)
}

// content returns what is known of the bytes of a file.
func (f File) content(a *IDX) (Content, bool) {
	sum := hex.EncodeToString(a.SHA256[:])
	i := slices.IndexFunc(f.Content, func(c Content) bool { return c.SHA256 == sum })
	if i < 0 {
		return Content{}, false
	}
	return f.Content[i], true
}

// read reads one file of the folder.
func (f folder) read(name string) (*IDX, error) {
	file, err := f.fs.Open(name)
	if err != nil {
		return nil, &ParseError{File: f.path(name), Msg: "cannot be opened: " + cause(err).Error(), Err: err}
	}
	defer file.Close() // only read from, nothing to lose
	return ReadIDX(file, f.path(name))
}
