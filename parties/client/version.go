package client

import (
	"context"
	"fmt"
	"strings"

	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// otherVersion says how the job differs from another one of its name that the
// server has and that this side is of; "" if there is none. Often two sides have
// two versions of one file.
func (c *Client) otherVersion(ctx context.Context, s *server) string {
	var text string
	_ = s.call(ctx, func(ctx context.Context, api partypb.ConsortiumClient) error { // it only explains another error
		list, err := api.Jobs(ctx, &partypb.JobsRequest{})
		if err != nil {
			return err
		}
		for _, j := range list.GetJobs() {
			if j.GetName() != c.Job.Name || string(j.GetJobHash()) == string(c.hash[:]) {
				continue
			}
			info, err := api.Job(ctx, &partypb.JobRequest{JobHash: j.GetJobHash()})
			if err != nil {
				return err
			}
			text = fmt.Sprintf("it has another version of job %s: %s", c.Job.Name, firstDifference(string(info.GetJob()), string(c.Job.Canonical())))
			return nil
		}
		return nil
	})
	return text
}

// firstDifference names the first line in which two jobs differ.
func firstDifference(there, here string) string {
	a, b := strings.Split(there, "\n"), strings.Split(here, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%.100q there, %.100q here", strings.TrimSpace(a[i]), strings.TrimSpace(b[i]))
		}
	}
	return fmt.Sprintf("%d lines there, %d here", len(a), len(b))
}
