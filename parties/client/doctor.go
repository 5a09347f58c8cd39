package client

import (
	"context"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// Finding is the outcome of one check of the doctor.
type Finding struct {
	About string // the machine or link, such as "server 1 (b.example:7000)"
	Check string // what was looked at, such as "port"
	State State
	Text  string // what was found
	Hint  string // how to mend it, or ""
}

// State says how good a finding is.
type State int

// States of a finding.
const (
	Fine State = iota
	Doubtful
	Broken
)

// maxSkew is how far clocks may be apart before the doctor says so. Nothing is
// decided by a clock, but logs of several machines are read side by side.
const maxSkew = 5 * time.Second

// doctorTimeout bounds each step of an examination.
const doctorTimeout = 5 * time.Second

// Examine looks at every link of a job: from this machine to each server, and, as
// far as the servers can be asked, between them. It tells of each finding as
// soon as those of a server are in.
func (c *Client) Examine(ctx context.Context, tell func(Finding)) {
	found := make([][]Finding, len(c.servers))
	_ = c.servers.each(func(s *server) error {
		found[s.id] = (&doctor{server: s, ctx: ctx}).examine(c.Job.Canonical())
		return nil
	})
	for _, list := range found {
		for _, f := range list {
			tell(f)
		}
	}
}

// doctor examines one server.
type doctor struct {
	server *server
	ctx    context.Context // of this examination
	found  []Finding
}

func (d *doctor) examine(job []byte) []Finding {
	if d.name() && d.port() && d.key() && d.hello() {
		d.links(job)
	}
	return d.found
}

func (d *doctor) add(check string, state State, text, hint string) {
	about := fmt.Sprintf("server %d (%s)", d.server.id, d.server.address)
	d.found = append(d.found, Finding{about, check, state, text, hint})
}

func (d *doctor) broken(check string, err error) bool {
	t := troubleOf(err)
	d.add(check, Broken, t.what, t.hint)
	return false
}

// name looks the name up.
func (d *doctor) name() bool {
	host, _, err := net.SplitHostPort(d.server.address)
	if err != nil {
		return d.broken("name", err)
	}
	if net.ParseIP(host) != nil {
		return true // no name to look up
	}
	ctx, cancel := context.WithTimeout(d.ctx, doctorTimeout)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return d.broken("name", err)
	}
	d.add("name", Fine, fmt.Sprintf("%s is %s", host, addresses[0]), "")
	return true
}

// port connects, without saying anything.
func (d *doctor) port() bool {
	begin := time.Now()
	conn, err := (&net.Dialer{Timeout: doctorTimeout}).DialContext(d.ctx, "tcp", d.server.address)
	if err != nil {
		return d.broken("port", err)
	}
	_ = conn.Close()
	d.add("port", Fine, "open, answers in "+rounded(time.Since(begin)), "")
	return true
}

// key makes sure of the server's key.
func (d *doctor) key() bool {
	ctx, cancel := context.WithTimeout(d.ctx, doctorTimeout)
	defer cancel()
	if _, err := d.server.api(ctx); err != nil {
		return d.broken("key", err)
	}
	d.add("key", Fine, "TLS 1.3, holds the key that the job names", "")
	return true
}

// hello asks what the server says of itself.
func (d *doctor) hello() bool {
	var h *partypb.HelloReply
	begin := time.Now()
	err := d.server.call(d.ctx, func(ctx context.Context, api partypb.ConsortiumClient) (err error) {
		h, err = api.Hello(ctx, &partypb.HelloRequest{})
		return err
	})
	if err != nil {
		return d.broken("answer", err)
	}
	d.version(h)
	d.clock(h, begin, time.Now())
	d.add("machine", Fine, fmt.Sprintf("arithmetic with %s, %d cores", h.GetCpu(), h.GetCores()), "")
	if !h.GetReady() {
		d.add("ready", Broken, "the server is up, but not ready: it is starting or shutting down", "look at its log")
	}
	return true
}

func (d *doctor) version(h *partypb.HelloReply) {
	if got := h.GetWireVersion(); got != parties.WireVersion {
		d.add("version", Broken, fmt.Sprintf("speaks wire version %d (program %s), this program speaks %d", got, h.GetVersion(), parties.WireVersion),
			"all sides need programs of one wire version: upgrade the older ones")
		return
	}
	d.add("version", Fine, fmt.Sprintf("wire version %d, program %s", h.GetWireVersion(), h.GetVersion()), "")
}

// clock compares clocks; the answer was made between begin and end.
func (d *doctor) clock(h *partypb.HelloReply, begin, end time.Time) {
	there := time.Unix(0, h.GetUnixNanos())
	skew := max(begin.Sub(there), there.Sub(end), 0)
	if skew <= maxSkew {
		d.add("clock", Fine, "agrees with that of this machine", "")
		return
	}
	ahead := "behind"
	if there.After(end) {
		ahead = "ahead of"
	}
	d.add("clock", Doubtful, fmt.Sprintf("%s %s that of this machine", rounded(skew), ahead),
		"nothing depends on it, but logs are hard to compare: let the machines set their clocks by NTP")
}

// links asks the server how it reaches the other two.
func (d *doctor) links(job []byte) {
	var reply *partypb.LinksReply
	err := d.server.call(d.ctx, func(ctx context.Context, api partypb.ConsortiumClient) (err error) {
		reply, err = api.Links(ctx, &partypb.LinksRequest{Job: job})
		return err
	})
	if err != nil {
		text := "it does not say how it reaches the other servers: " + troubleOf(err).what
		hint := ""
		if status.Code(err) == codes.PermissionDenied {
			hint = "look again with a key of the job when its operator has approved the job: before that it does not say so to strangers"
		}
		d.add("links", Doubtful, text, hint)
		return
	}
	for _, l := range reply.GetLinks() {
		d.link(l)
	}
}

func (d *doctor) link(l *partypb.LinkState) {
	to := fmt.Sprintf("to server %d", l.GetServer())
	switch {
	case !l.GetReached():
		d.add(to, Broken, "cannot be reached from there: "+l.GetError(),
			fmt.Sprintf("the operators of servers %d and %d have to mend it: address, firewall, key", d.server.id, l.GetServer()))
	case l.GetWireVersion() != parties.WireVersion:
		d.add(to, Broken, fmt.Sprintf("speaks wire version %d, want %d", l.GetWireVersion(), parties.WireVersion), "upgrade the older program")
	default:
		d.add(to, Fine, "reached in "+rounded(time.Duration(l.GetRoundTripNanos())), "")
	}
}

// rounded is a duration as one says it.
func rounded(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= time.Second:
		return d.Round(time.Second).String()
	default:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	}
}
