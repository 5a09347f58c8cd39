package datasets

// OwnIDX is the name under which a job reads IDX files of the user's own.
const OwnIDX = "idx"

// LoadIDX reads a set of images of the user's own from a folder with four files
// named as those of MNIST are. Number and size of images are what the files say,
// the same size in all; classes says which labels are allowed.
func LoadIDX(dir string, classes int) (*ImageSet, error) {
	s := Set{Name: OwnIDX, What: "images of your own", Classes: classes, Files: original("", "", "", "")}
	from, err := s.check(diskFolder(dir))
	if err != nil {
		return nil, err
	}
	set := &ImageSet{Folder: dir}
	if set.Train, err = s.ownPart(from, 0); err != nil {
		return nil, err
	}
	if set.Test, err = s.ownPart(from, 1); err != nil {
		return nil, err
	}
	s.Shape, s.Rows = set.Train.Shape(), [2]int{set.Train.Len(), set.Test.Len()}
	set.Set = s
	if got := set.Test.Shape(); times(got) != times(s.Shape) {
		return nil, &ParseError{File: set.Test.Source, Msg: "its images are " + times(got) + ", want " + times(s.Shape) + " as in " + set.Train.Source}
	}
	return set, nil
}

// ownPart reads the images to train on (0) or to test on (1).
func (s Set) ownPart(from folder, part int) (*Images, error) {
	pixels, err := from.read(from.find(s.Files[2*part].Name))
	if err != nil {
		return nil, err
	}
	labels, err := from.read(from.find(s.Files[2*part+1].Name))
	if err != nil {
		return nil, err
	}
	return NewImages(pixels, labels, s.Classes)
}
