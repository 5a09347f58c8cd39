package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// AuditLine is a line of a server's audit log: one opening.
type AuditLine struct {
	Number uint64    `json:"number"`
	When   time.Time `json:"when"`
	Text   string    `json:"text"`
}

// Audit returns the audit logs of the three servers: every opening, also in
// attempts at phases that failed. A server that cannot be asked is an error; the
// logs of the others are there all the same.
func (c *Client) Audit(ctx context.Context) (logs [3][]AuditLine, err error) {
	replies, errs := gather(c.servers, func(s *server) (reply *partypb.AuditReply, err error) {
		err = s.call(ctx, func(ctx context.Context, api partypb.ConsortiumClient) (err error) {
			reply, err = api.Audit(ctx, c.request())
			return err
		})
		return reply, err
	})
	for i, reply := range replies {
		for _, l := range reply.GetLines() {
			logs[i] = append(logs[i], AuditLine{l.GetNumber(), time.Unix(0, l.GetUnixNanos()), l.GetText()})
		}
	}
	return logs, errors.Join(errs[:]...)
}

// Forget removes a job that is over, and all that is stored of it, from the server
// whose operator this is.
func (c *Client) Forget(ctx context.Context) error {
	if c.Me.Role != parties.RoleServer {
		return hintf("each operator removes it from its own server, with the server's key", "this is %v: a job is removed by the operator of a server", c.Me)
	}
	for i, p := range c.Job.Parties()[:len(c.servers)] {
		if p == c.Me {
			return c.servers[i].call(ctx, func(ctx context.Context, api partypb.ConsortiumClient) error {
				_, err := api.Forget(ctx, c.request())
				return err
			})
		}
	}
	return fmt.Errorf("%v is not in the job", c.Me)
}
