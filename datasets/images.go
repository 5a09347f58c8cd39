package datasets

import (
	"encoding/json"
	"fmt"

	"github.com/trefoil-ml/trefoil/tensor"
)

// Images is a set of n images of one size, each with a class number. Pixels
// stay bytes until they are needed as numbers: 60,000 images of 28×28 take 47 MB.
type Images struct {
	Source                  string // folder or file, for messages
	Channels, Height, Width int
	Classes                 int    // labels are 0 to Classes-1
	Pixels                  []byte // n×Channels×Height×Width, the width fastest
	Labels                  []byte // n
}

// NewImages joins pixels (n×height×width, or n×channels×height×width) and labels
// (n) as they are read from two files. It returns a *ParseError if they do not
// belong together or a label is outside of the classes 0 to classes-1.
func NewImages(pixels, labels *IDX, classes int) (*Images, error) {
	m := &Images{Source: pixels.Source, Channels: 1, Classes: classes, Pixels: pixels.Data, Labels: labels.Data}
	dims := pixels.Dims
	switch len(dims) {
	case 3:
	case 4:
		m.Channels = dims[1]
	default:
		return nil, &ParseError{File: pixels.Source, Msg: fmt.Sprintf("it is an array of %s, want images: rows × height × width", times(dims)), Hint: "are images and labels mixed up?"}
	}
	m.Height, m.Width = dims[len(dims)-2], dims[len(dims)-1]
	if len(labels.Dims) != 1 {
		return nil, &ParseError{File: labels.Source, Msg: fmt.Sprintf("it is an array of %s, want one label for each image", times(labels.Dims)), Hint: "are images and labels mixed up?"}
	}
	if labels.Dims[0] != dims[0] {
		return nil, &ParseError{File: labels.Source, Msg: fmt.Sprintf("it has %d labels for the %d images of %s", labels.Dims[0], dims[0], pixels.Source), Hint: "take both files from the same set"}
	}
	return m, m.checkLabels(labels.Source)
}

func (m *Images) checkLabels(file string) error {
	if m.Classes < 2 || m.Classes > 256 {
		return fmt.Errorf("datasets: got %d classes, want 2 to 256", m.Classes)
	}
	want := fmt.Sprintf("a class number from 0 to %d", m.Classes-1)
	if m.Classes == 2 {
		want = "0 or 1"
	}
	for i, label := range m.Labels {
		if int(label) >= m.Classes {
			return &ParseError{
				File: file, Msg: fmt.Sprintf("image %d has the label %d, want %s", i+1, label, want),
				Hint: "state the right number of classes, or recode the labels",
			}
		}
	}
	return nil
}

// Len returns the number of images n.
func (m *Images) Len() int { return len(m.Labels) }

// Features returns the number of values of one image: channels·height·width.
func (m *Images) Features() int { return m.Channels * m.Height * m.Width }

// Shape returns the shape of one image: channels, height, width.
func (m *Images) Shape() []int { return []int{m.Channels, m.Height, m.Width} }

// Take returns the listed images, from 0, in the order of the list, with pixels
// of their own.
func (m *Images) Take(rows []int) *Images {
	part, size := *m, m.Features()
	part.Pixels, part.Labels = make([]byte, 0, len(rows)*size), make([]byte, 0, len(rows))
	for _, i := range rows {
		part.Pixels = append(part.Pixels, m.Pixels[i*size:(i+1)*size]...)
		part.Labels = append(part.Labels, m.Labels[i])
	}
	return &part
}

// Rows returns images lo to hi-1. It is a view.
func (m *Images) Rows(lo, hi int) *Images {
	part, size := *m, m.Features()
	part.Pixels, part.Labels = m.Pixels[lo*size:hi*size:hi*size], m.Labels[lo:hi:hi]
	return &part
}

// Pixel says how a byte b becomes a number: (b/255 − Mean) / Deviation. The zero
// Pixel stands for b/255, a number from 0 to 1, as Deviation 1 does.
type Pixel struct {
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
}

// UnmarshalJSON reads a deviation of 0, which files of earlier programs have, as 1.
func (p *Pixel) UnmarshalJSON(text []byte) error {
	type plain Pixel // without this method
	if err := json.Unmarshal(text, (*plain)(p)); err != nil {
		return err
	}
	if p.Deviation == 0 {
		p.Deviation = 1
	}
	return nil
}

// Table returns the number for each of the 256 bytes.
func (p Pixel) Table() (numbers [256]float64) {
	d := p.Deviation
	if d == 0 {
		d = 1
	}
	for b := range numbers {
		numbers[b] = (float64(b)/255 - p.Mean) / d
	}
	return numbers
}

// Dense returns the images as numbers, n×Features, image by image.
func (m *Images) Dense(p Pixel) tensor.Dense {
	x, table := tensor.Zeros(m.Len(), m.Features()), p.Table()
	for i, b := range m.Pixels {
		x.Data()[i] = table[b]
	}
	return x
}

// Targets returns the labels as numbers, n.
func (m *Images) Targets() tensor.Dense {
	y := tensor.Zeros(m.Len())
	for i, label := range m.Labels {
		y.Data()[i] = float64(label)
	}
	return y
}
