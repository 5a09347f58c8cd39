package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/trefoil-ml/trefoil/datasets"
)

// datasetsCommand lists the sets of images that a job can name.
type datasetsCommand struct {
	Name string `arg:"" optional:"" help:"Only this set."`
	Path string `placeholder:"DIR" help:"Look for its files in this folder, not in the usual ones."`
	JSON bool   `name:"json" help:"Print the list as one JSON array on stdout."`
}

// Help is printed below the flags; kong formats it like a Go doc comment.
func (datasetsCommand) Help() string {
	return `A job names a set with data: {dataset: NAME}, and a folder, if it is not found by itself, with data: {dataset: NAME, path: DIR}. Sets are looked for in $` +
		datasets.FolderVariable + `/NAME, data/NAME, the folders of torchvision under data, the user's cache (trefoil/NAME) and /usr/share/datasets/NAME, where Debian's package of Fashion-MNIST puts it.

Every file that is found is read and its SHA-256 compared with the known ones. Files may be compressed with gzip; the hash is that of the content.

Exit code: 0 done, 1 a copy in --path is not good, 2 wrong usage.`
}

// found is a set with the copies of it on this machine.
type found struct {
	datasets.Set
	Embedded bool            `json:"embedded"`
	Folders  []string        `json:"folders"`
	Copies   []datasets.Copy `json:"copies"`
}

// Run is called by kong.
func (c *datasetsCommand) Run(a *app) error {
	list, err := c.find()
	if err != nil {
		return err
	}
	if c.JSON {
		text, err := json.MarshalIndent(list, "", "  ")
		if err != nil {
			return fmt.Errorf("the list has no JSON form: %w", err)
		}
		err = printAll(a.stdout, string(text)+"\n")
		if err != nil {
			return err
		}
		return c.judge(list)
	}
	for i, s := range list {
		if i > 0 {
			err = printAll(a.stdout, "\n")
		}
		if err == nil {
			err = printAll(a.stdout, s.text(c.Path))
		}
		if err != nil {
			return err
		}
	}
	return c.judge(list)
}

func (c *datasetsCommand) find() ([]found, error) {
	sets := datasets.Known()
	if c.Name != "" {
		s, err := datasets.Lookup(c.Name)
		if err != nil {
			return nil, &usageError{err}
		}
		sets = []datasets.Set{s}
	} else if c.Path != "" {
		return nil, &usageError{fmt.Errorf("--path is a folder of one set, want its name too")}
	}
	list := make([]found, len(sets))
	for i, s := range sets {
		list[i] = found{s, s.Embedded(), append([]string{}, s.Folders()...), append([]datasets.Copy{}, s.Copies(c.Path)...)}
	}
	return list, nil
}

// judge fails if the folder that was asked about has no good copy.
func (c *datasetsCommand) judge(list []found) error {
	if c.Path == "" {
		return nil
	}
	for _, copied := range list[0].Copies {
		if copied.Good() {
			return nil
		}
	}
	return fmt.Errorf("%s has no good copy of %s", c.Path, c.Name)
}

// text describes a set in a few lines.
func (s found) text(path string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", s.Name, s.What)
	fmt.Fprintf(&b, "  %d images to train on, %d to test on, %d classes\n", s.Rows[0], s.Rows[1], s.Classes)
	fmt.Fprintf(&b, "  from %s\n  licence: %s\n", s.Origin, s.Licence)
	for _, c := range s.Copies {
		fmt.Fprintf(&b, "  copy in %s\n", c.Folder)
		for _, f := range c.Files {
			fmt.Fprintf(&b, "    %s: %s\n", f.Name, f.State)
		}
	}
	if len(s.Copies) > 0 {
		return b.String()
	}
	where := strings.Join(s.Folders, ", ")
	if path != "" {
		where = path
	}
	fmt.Fprintf(&b, "  no copy in %s\n  to get one: %s\n", where, s.Get)
	return b.String()
}
