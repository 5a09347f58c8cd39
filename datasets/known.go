package datasets

import (
	"fmt"
	"slices"
)

// Set is a public set of images that a job can name. Its files are in the IDX
// format, plain or with gzip.
type Set struct {
	Name    string   `json:"name"`            // as in a job: data: {dataset: NAME}
	What    string   `json:"what"`            // in one line
	Shape   []int    `json:"shape"`           // of one image: channels, height, width
	Classes int      `json:"classes"`         // labels are 0 to Classes-1
	Rows    [2]int   `json:"rows"`            // images to train on and to test on
	Licence string   `json:"licence"`         // as its publishers state it
	Origin  string   `json:"origin"`          // where it comes from
	Get     string   `json:"get,omitempty"`   // how to get a copy; empty if it is embedded
	Pixel   Pixel    `json:"pixel"`           // mean and deviation of all training pixels, of b/255
	Files   []File   `json:"files,omitempty"` // pixels and labels to train on, then to test on
	Also    []string `json:"-"`               // folders, besides those of Folders, in which others keep it
	part    string   // folder in this package, if it is embedded
}

// File is one file of a Set.
type File struct {
	Name    string    `json:"name"` // without .gz
	Content []Content `json:"content"`
}

// Content is a known content of a file.
type Content struct {
	SHA256 string `json:"sha256"`         // of the file as it is without gzip, hexadecimal
	Note   string `json:"note,omitempty"` // how it differs from the original; empty for the original
}

// Names of the four files of MNIST and its relatives.
const (
	trainImages = "train-images-idx3-ubyte"
	trainLabels = "train-labels-idx1-ubyte"
	testImages  = "t10k-images-idx3-ubyte"
	testLabels  = "t10k-labels-idx1-ubyte"
)

// Known lists the sets of images that Load knows by name.
func Known() []Set { return []Set{mnist(), fashionMNIST(), mnistSmall()} }

// Lookup returns the known set of that name. The error names the one that was
// probably meant.
func Lookup(name string) (Set, error) {
	sets := Known()
	names := make([]string, len(sets))
	for i, s := range sets {
		if s.Name == name {
			return s, nil
		}
		names[i] = s.Name
	}
	if other, ok := nearest(name, names); ok {
		return Set{}, fmt.Errorf("datasets: no set is named %q, did you mean %q?", name, other)
	}
	return Set{}, fmt.Errorf("datasets: no set is named %q, want one of %s", name, abbreviate(names))
}

// Embedded reports whether the set is part of this package.
func (s Set) Embedded() bool { return s.part != "" }

// original returns files with one known content each.
func original(sums ...string) []File {
	names := []string{trainImages, trainLabels, testImages, testLabels}
	files := make([]File, len(names))
	for i, name := range names {
		files[i] = File{Name: name, Content: []Content{{SHA256: sums[i]}}}
	}
	return files
}

func mnist() Set {
	s := Set{
		Name: "mnist", What: "MNIST: handwritten digits, 28×28 grey",
		Shape: []int{1, 28, 28}, Classes: 10, Rows: [2]int{60_000, 10_000},
		Licence: "CC BY-SA 3.0 as commonly stated",
		Origin:  "Yann LeCun, Corinna Cortes, Christopher J. C. Burges: The MNIST database of handwritten digits, from NIST Special Database 3 and 1",
		Get:     "put the four .gz files of MNIST into a folder and name it in the job, data: {dataset: mnist, path: FOLDER}",
		Pixel:   Pixel{Mean: 0.1307, Deviation: 0.3081},
		Files: original(
			"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
			"65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
			"0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
			"ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
		),
		Also: []string{"data/MNIST/raw"},
	}
	s.Files[0].Content = slices.Insert(s.Files[0].Content, 1, Content{
		SHA256: "b61ffb6f513fd9ff8d89824731f6b4ed7863c759c33056d701efb8412469fb04",
		Note:   "pixels of value 1 (0.05 % of all) are 0",
	})
	return s
}

func fashionMNIST() Set {
	return Set{
		Name: "fashion-mnist", What: "Fashion-MNIST: photos of clothes, 28×28 grey",
		Shape: []int{1, 28, 28}, Classes: 10, Rows: [2]int{60_000, 10_000},
		Licence: "MIT",
		Origin:  "Zalando SE: Han Xiao, Kashif Rasul, Roland Vollgraf, arXiv:1708.07747",
		Get:     "apt-get install dataset-fashion-mnist (Debian), or name a folder with its four .gz files in the job, data: {dataset: fashion-mnist, path: FOLDER}",
		Pixel:   Pixel{Mean: 0.2860, Deviation: 0.3530},
		Files: original(
			"c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
			"bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
			"5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
			"0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
		),
		Also: []string{"data/FashionMNIST/raw"},
	}
}

// mnistSmall is the embedded set; mnist/NOTICE says what was changed.
func mnistSmall() Set {
	s := mnist()
	s.Name, s.What = "mnist-small", "the first 800 and 200 images of MNIST; embedded, nothing to fetch"
	s.Rows, s.Get, s.Also, s.part = [2]int{800, 200}, "", nil, "mnist"
	s.Files = original(
		"28ee340f48ba3f6814e84c833186bc08c5c2728aa0f3e959286cdb5af649c132",
		"0043b8b8c572c91e0e8be73f3b57ed3d9ee6007896b4bea39fe173250043054c",
		"cefe86a05637f831a20aef251bd9db19004a2c986ec848d345c40ffd09264afc",
		"181dda88fbf8032cf747bf0766ad9d035b6bb747997214d834eb8d2f33a72210",
	)
	s.Files[0].Content[0].Note = "pixels of value 1 are 0"
	return s
}
