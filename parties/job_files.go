package parties

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// CheckFiles tells, before anything is run, whether every data file of the job
// is there. It does not read them.
func (j *Job) CheckFiles() error {
	if j.Data.Dataset != "" {
		return nil // folders, which datasets looks at
	}
	for i, o := range j.Data.Owners {
		path := fmt.Sprintf("data.owners[%d]", i)
		if err := j.checkFile(path+".file", o.File); err != nil {
			return err
		}
		if err := j.checkFile(path+".test", o.Test); err != nil {
			return err
		}
	}
	if j.Data.Test != nil {
		if err := j.checkFile("data.test.file", j.Data.Test.File); err != nil {
			return err
		}
	}
	return nil
}

// checkFile returns nil for a file name that is not given.
func (j *Job) checkFile(path, file string) error {
	if file == "" {
		return nil
	}
	info, err := os.Stat(j.Path(file))
	if err == nil && info.IsDir() {
		return j.ErrorAt(path, "%s is a folder, want a CSV file", j.Path(file))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return j.ErrorAt(path, "no such file: %s", j.Path(file)).
			withHint("file names are relative to the folder of the job file")
	}
	if err != nil {
		return j.ErrorAt(path, "cannot read %s: %v", j.Path(file), errors.Unwrap(err))
	}
	return nil
}
