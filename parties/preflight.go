package parties

// Preflight does what [Local] does before any server begins: it reads the files of
// all owners and finds what is wrong with them, with the job, or between the two.
// It returns what there is to look at.
func Preflight(job *Job) (warnings []string, err error) {
	r, err := newRun(job, Options{})
	if err != nil {
		return nil, err
	}
	err = r.load()
	return r.warned, err
}
