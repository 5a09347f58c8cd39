package client

import (
	"context"
	"fmt"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// Client is one party of a job, or a stranger that only looks at its links.
// Connections are made when they are needed; Close ends them.
type Client struct {
	Job *parties.Job

	// Me is who this side is in the job; of a stranger the zero Party.
	Me parties.Party

	key     identity.Key
	hash    [32]byte
	servers servers
}

// Open reads a job and the key file of one of its parties. Without a key file
// it looks for one in the current folder and in the job's.
func Open(jobFile, keyFile string) (*Client, error) {
	job, err := load(jobFile)
	if err != nil {
		return nil, err
	}
	key, err := findKey(job, keyFile)
	if err != nil {
		return nil, err
	}
	return New(job, key)
}

// OpenAnybody is Open for whoever has no key of the job: it makes a key that
// nobody knows, which is enough to look at the links.
func OpenAnybody(jobFile, keyFile string) (*Client, error) {
	job, err := load(jobFile)
	if err != nil {
		return nil, err
	}
	key, err := findKey(job, keyFile)
	if err != nil && keyFile != "" {
		return nil, err
	}
	if err != nil {
		key = identity.Generate()
	}
	return newClient(job, key)
}

// New makes the client of the party of a checked job that holds key.
func New(job *parties.Job, key identity.Key) (*Client, error) {
	c, err := newClient(job, key)
	if err == nil && c.Me == (parties.Party{}) {
		return nil, hintf("the fingerprints in the job file are those of its servers and owners: is this the right key file, and the right job?",
			"the key %s is of no owner and no server of job %s", key.Fingerprint(), job.Name)
	}
	return c, err
}

func load(jobFile string) (*parties.Job, error) {
	job, err := parties.LoadJob(jobFile)
	if err != nil {
		return nil, err
	}
	if !job.Networked() {
		return nil, job.ErrorAt("", "the job has no servers, so it can only be run in one process: trainer run %s", jobFile)
	}
	return job, nil
}

func newClient(job *parties.Job, key identity.Key) (*Client, error) {
	c := &Client{Job: job, key: key, hash: job.Hash()}
	c.Me, _ = job.Party(key.Public())
	for i, s := range job.Servers {
		pinned, err := identity.ParseFingerprint(s.Key)
		if err != nil {
			return nil, fmt.Errorf("server %d: %w", i, err)
		}
		c.servers[i] = &server{id: i, address: s.Address, key: pinned, own: key.Private()}
	}
	return c, nil
}

// Close ends the connections to the servers.
func (c *Client) Close() {
	for _, s := range c.servers {
		s.close()
	}
}

// Hash names the job: the SHA-256 of its canonical bytes.
func (c *Client) Hash() [32]byte { return c.hash }

// owner returns the name of the owner that this side is.
func (c *Client) owner() (string, error) {
	if c.Me.Role != parties.RoleOwner {
		return "", hintf("an owner of the job does it, with its own key", "the key is that of %v, and only an owner has rows to share and results to fetch", c.Me)
	}
	return c.Me.Name, nil
}

// request names the job to a server.
func (c *Client) request() *partypb.JobRequest { return &partypb.JobRequest{JobHash: c.hash[:]} }

// info asks a server for the job and the approvals that it has.
func (c *Client) info(ctx context.Context, s *server) (info *partypb.JobInfo, err error) {
	err = s.call(ctx, func(ctx context.Context, api partypb.ConsortiumClient) (err error) {
		info, err = api.Job(ctx, c.request())
		return err
	})
	return info, err
}

// gather calls f for all three servers at once and keeps what it returns, in the
// order of the servers. What failed is nil in the list and in the errors.
func gather[T any](list servers, f func(*server) (T, error)) (all [3]T, errs []error) {
	var mu sync.Mutex
	errs = list.apart(func(s *server) error {
		v, err := f(s)
		mu.Lock()
		defer mu.Unlock()
		all[s.id] = v
		return err
	})
	return all, errs
}
