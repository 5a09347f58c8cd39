package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// Approved is the state of a job after an approval.
type Approved struct {
	Missing []parties.Party // who has not approved yet, as far as it can be seen from here
	Untold  []error         // servers that have not taken this approval, and why
	Other   []string        // servers that have another version of the job too, and how it differs
}

// Approve signs exactly this job and gives the signature to all three servers,
// together with the approvals that any of them has. A server may not take it yet:
// until its operator has approved, it takes jobs only from whom its policy
// names. It learns of it from whoever approves later, or shares. That no server
// takes it, or this operator's own does not, is an error.
func (c *Client) Approve(ctx context.Context) (*Approved, error) {
	own, err := parties.Approve(c.Job, c.key)
	if err != nil {
		return nil, err
	}
	known, _ := c.approvals(ctx) // what a server does not tell now, it tells the next
	if !slices.ContainsFunc(known, func(a parties.Approval) bool { return a.Party == own.Party }) {
		known = append(known, own)
	}
	done := &Approved{Missing: c.Job.MissingApprovals(known)}
	infos, errs := c.pass(ctx, known)
	for i, info := range infos {
		if w := info.GetWarning(); w != "" {
			done.Other = append(done.Other, fmt.Sprintf("server %d: %s", i, w))
		}
	}
	for i, err := range errs {
		switch {
		case err != nil && own.Role == parties.RoleServer && own.Name == strconv.Itoa(i):
			return nil, err
		case err != nil:
			done.Untold = append(done.Untold, err)
		}
	}
	if len(done.Untold) == len(errs) {
		return nil, errors.Join(errs...)
	}
	return done, nil
}

// pass gives approvals, with the job, to all servers.
func (c *Client) pass(ctx context.Context, known []parties.Approval) ([]*partypb.JobInfo, []error) {
	infos, errs := gather(c.servers, func(s *server) (info *partypb.JobInfo, err error) {
		err = s.call(ctx, func(ctx context.Context, api partypb.ConsortiumClient) (err error) {
			info, err = api.Submit(ctx, &partypb.SubmitRequest{Job: c.Job.Canonical(), Approvals: toWire(known)})
			return err
		})
		return info, err
	})
	return infos[:], errs[:]
}

// approvals collects the approvals that the servers have, verified. That a server
// does not know the job yet, or this side, is no error.
func (c *Client) approvals(ctx context.Context) ([]parties.Approval, error) {
	infos, errs := gather(c.servers, func(s *server) (*partypb.JobInfo, error) { return c.info(ctx, s) })
	var known []parties.Approval
	for i, info := range infos {
		switch status.Code(errors.Unwrap(errs[i])) {
		case codes.NotFound, codes.PermissionDenied:
			errs[i] = nil
		}
		for _, w := range info.GetApprovals() {
			a := fromWire(w)
			if err := a.Verify(c.Job); err != nil {
				errs[i] = &ServerError{i, c.servers[i].address, fmt.Errorf("passes on a bad %w", err)}
				continue
			}
			if !slices.ContainsFunc(known, func(k parties.Approval) bool { return k.Party == a.Party }) {
				known = append(known, a)
			}
		}
	}
	return known, errors.Join(errs...)
}

// sealKeys returns the keys to seal the parts of the three servers to, as the
// servers have signed them.
func (c *Client) sealKeys(ctx context.Context) (keys [3]identity.SealKey, err error) {
	known, err := c.approvals(ctx)
	for i := range keys {
		at := slices.IndexFunc(known, func(a parties.Approval) bool { return a.Party == c.Job.Parties()[i] })
		if at < 0 {
			missing := fmt.Errorf("the operator of server %d has not approved the job, so there is no key to seal its part to", i)
			if other := c.otherVersion(ctx, c.servers[i]); other != "" {
				missing = fmt.Errorf("server %d: %s", i, other)
			}
			return keys, errors.Join(err, &hinted{missing, []string{"ask the operator to run trainer approve; trainer status says who is missing"}})
		}
		if keys[i], err = identity.ParseSealKey(known[at].SealKey); err != nil {
			return keys, err
		}
	}
	return keys, nil
}

func toWire(list []parties.Approval) (wire []*partypb.Approval) {
	for _, a := range list {
		wire = append(wire, &partypb.Approval{
			Role: string(a.Role), Name: a.Name, Key: a.Key,
			WireVersion: a.Wire, HpkeKey: a.SealKey, Signature: a.Signature,
		})
	}
	return wire
}

func fromWire(w *partypb.Approval) parties.Approval {
	return parties.Approval{
		Party: parties.Party{Role: parties.Role(w.GetRole()), Name: w.GetName(), Key: w.GetKey()},
		Wire:  w.GetWireVersion(), SealKey: w.GetHpkeKey(), Signature: w.GetSignature(),
	}
}
