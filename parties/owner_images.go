package parties

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/datasets"
	"github.com/trefoil-ml/trefoil/fixedpoint"
	"github.com/trefoil-ml/trefoil/tensor"
)

// loadSet reads the images that the owners of the job share, from a folder of
// the owner's if that is given.
func (j *Job) loadSet(folder string) (*datasets.ImageSet, error) {
	if folder == "" {
		folder = j.Data.Folder
	}
	if folder != "" {
		folder = j.Path(folder)
	}
	if j.Data.Dataset == datasets.OwnIDX {
		set, err := datasets.LoadIDX(folder, j.Data.Classes)
		if err != nil {
			return nil, err
		}
		return set, j.checkImages(set)
	}
	known, err := datasets.Lookup(j.Data.Dataset)
	if err != nil {
		return nil, err
	}
	return known.Load(folder)
}

// checkImages refuses images of another size than the job says.
func (j *Job) checkImages(set *datasets.ImageSet) error {
	for i, n := range set.Set.Shape {
		if n != j.Data.Shape[i] {
			return j.ErrorAt("data.shape", "data.shape is %s, but the images in %s are %s (channels, height, width)",
				tensor.ShapeString(j.Data.Shape), set.Folder, tensor.ShapeString(set.Set.Shape))
		}
	}
	return nil
}

// loadImages loads one owner's images from a folder; without one from where the
// job says.
func loadImages(job *Job, index int, folder string, warn func(format string, args ...any)) (*OwnerSide, error) {
	set, err := job.loadSet(folder)
	if err != nil {
		return nil, err
	}
	return dealImages(job, index, set, warn)
}

// dealImages gives an owner its share of a set that all share, or all of its own.
func dealImages(job *Job, index int, set *datasets.ImageSet, warn func(format string, args ...any)) (*OwnerSide, error) {
	spec := job.Data.Owners[index]
	o := &OwnerSide{job: job, name: spec.Name, index: index, warn: warn, images: set.Train, testImages: set.Test}
	for _, note := range set.Notes {
		warn("%s", note)
	}
	if !job.commonImages() {
		return o, nil
	}
	hands, err := datasets.Deal(set.Train.Len(), job.shares())
	if err != nil {
		return nil, job.ErrorAt("data.owners", "%v", err)
	}
	o.images, o.common = set.Train.Take(hands[index]), true
	return o, nil
}

// pixel says how the bytes of the images become numbers. The deviation is never 0: other
// programs read it in a model, and divide by it.
func (j *Job) pixel() datasets.Pixel {
	if j.Data.Standardise != StandardisePixels {
		return datasets.Pixel{Deviation: 1}
	}
	set, err := datasets.Lookup(j.Data.Dataset)
	if err != nil {
		return datasets.Pixel{Deviation: 1} // Check has refused the job
	}
	return set.Pixel
}

// pixels returns the images as ring elements, row by row.
func (o *OwnerSide) pixels() ([]uint64, error) {
	table := o.job.pixel().Table()
	format := fixedpoint.Format{FractionBits: o.job.Number.FractionBits}
	var coded [256]uint64
	if err := format.EncodeAll(coded[:], table[:]); err != nil {
		return nil, fmt.Errorf("owner %s: pixels: %w", o.name, err)
	}
	words := make([]uint64, len(o.images.Pixels))
	for i, b := range o.images.Pixels {
		words[i] = coded[b]
	}
	return words, nil
}

// trainRows is how many rows the owner trains on.
func (o *OwnerSide) trainRows() int {
	if o.images != nil {
		return o.images.Len()
	}
	return o.train.Rows()
}

// hasTest tells whether there are rows to judge on.
func (o *OwnerSide) hasTest() bool { return o.test != nil || o.testImages != nil }

// outcomes returns the targets of the rows to judge on.
func (o *OwnerSide) outcomes() []float64 {
	if o.testImages != nil {
		return o.testImages.Targets().Data()
	}
	return o.test.Y.Data()
}
