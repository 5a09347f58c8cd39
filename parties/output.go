package parties

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Files of an output folder.
const (
	FileResult  = "result.json"  // the object of `trainer run --json`
	FileModel   = "model.json"   // the model alone; null if the job does not reveal it
	FileMetrics = "metrics.json" // the metrics alone
	FileJob     = "job.json"     // the job as agreed: its SHA-256 is the job hash
	FileAudit   = "audit.jsonl"  // every opening, one a line
)

// outputFiles lists them in the order in which they are moved into place.
func outputFiles() []string {
	return []string{FileModel, FileMetrics, FileJob, FileAudit, FileResult}
}

// WriteOutput writes the files of a run to the folder dir, all of them or none.
// A folder with anything but an earlier output in it is left alone and is an
// error.
func WriteOutput(dir string, job *Job, r *Result) error {
	if err := CheckOutput(dir); err != nil {
		return err
	}
	files, err := render(job, r)
	if err != nil {
		return err
	}
	dir, err = realPath(dir)
	if err != nil {
		return err
	}
	return install(dir, files)
}

// CheckOutput tells, before a long run, whether WriteOutput can write to dir.
func CheckOutput(dir string) error {
	if err := checkContent(dir); err != nil {
		return err
	}
	real, err := realPath(dir)
	if err != nil {
		return err
	}
	probe, err := os.MkdirTemp(existing(real), tempPattern)
	if err != nil {
		return &OutputError{Dir: dir, Msg: fmt.Sprintf("cannot be written: %v", cause(err))}
	}
	return os.Remove(probe)
}

// render returns the content of every output file.
func render(job *Job, r *Result) (map[string][]byte, error) {
	files := map[string][]byte{FileJob: job.Canonical()}
	for name, v := range map[string]any{FileResult: r, FileModel: r.Model, FileMetrics: r.Metrics} {
		b, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("parties: %s cannot be written: %w", name, err)
		}
		files[name] = append(b, '\n')
	}
	var lines bytes.Buffer
	for _, entry := range r.Audit {
		b, err := json.Marshal(entry)
		if err != nil {
			return nil, fmt.Errorf("parties: %s cannot be written: %w", FileAudit, err)
		}
		lines.Write(append(b, '\n'))
	}
	files[FileAudit] = lines.Bytes()
	return files, nil
}

// checkContent refuses a file, and a folder that holds what we did not write.
func checkContent(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return checkAbsent(dir, err)
	}
	var names []string
	killed := false
	for _, e := range entries {
		if leftOver, _ := filepath.Match(tempPattern, e.Name()); leftOver {
			killed = killed || isPrepared(filepath.Join(dir, e.Name()))
			continue
		}
		if !slices.Contains(outputFiles(), e.Name()) || !e.Type().IsRegular() {
			return &OutputError{Dir: dir, Msg: fmt.Sprintf("holds %s, which is no output of a run", e.Name())}
		}
		names = append(names, e.Name())
	}
	if len(names) == 0 || killed {
		return nil
	}
	return checkOrigin(dir, names[0])
}

// checkAbsent judges a folder that cannot be listed: it must not be there.
func checkAbsent(dir string, err error) error {
	info, there := os.Lstat(dir)
	switch {
	case os.IsNotExist(there):
		return nil
	case there == nil && info.Mode().IsRegular():
		return &OutputError{Dir: dir, Msg: "is a file, want a folder"}
	case os.IsNotExist(err):
		return &OutputError{Dir: dir, Msg: "is a link to nowhere, want a folder"}
	default:
		return &OutputError{Dir: dir, Msg: cause(err).Error()}
	}
}
