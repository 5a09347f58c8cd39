package client

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
)

// trouble is an error of a connection in words for somebody who did not write
// the program, and what to do about it.
type trouble struct{ what, hint string }

// troubleOf explains an error of dialling a server or of a call.
func troubleOf(err error) trouble {
	if e, ok := errors.AsType[*ServerError](err); ok {
		err = e.Err
	}
	for _, explain := range []func(error) (trouble, bool){nameTrouble, keyTrouble, talkTrouble, portTrouble} {
		if t, ok := explain(err); ok {
			return t
		}
	}
	return trouble{what: shown(grpcnet.Readable(err).Error())}
}

func nameTrouble(err error) (t trouble, ok bool) {
	dns, ok := errors.AsType[*net.DNSError](err)
	if !ok {
		return t, false
	}
	if dns.IsNotFound {
		return trouble{
			"no machine is called " + dns.Name,
			"check the address in the job file, and the DNS or hosts file of the machine that cannot find it",
		}, true
	}
	return trouble{"the name " + dns.Name + " could not be looked up: " + dns.Err, "check this machine's DNS"}, true
}

func keyTrouble(err error) (t trouble, ok bool) {
	key, ok := errors.AsType[*grpcnet.KeyError](err)
	if !ok {
		return t, false
	}
	return trouble{
		"holds the key " + identity.Fingerprint(key.Got) + ", and the job names " + identity.Fingerprint(key.Want),
		"compare the fingerprint with the server's operator by telephone: the job file is wrong, the address leads to another server, or somebody is in between",
	}, true
}

// talkTrouble is about a peer that is there and is no server of this program.
func talkTrouble(err error) (t trouble, ok bool) {
	_, record := errors.AsType[tls.RecordHeaderError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	if record || alert || errors.Is(err, grpcnet.ErrNotTLS13) {
		return trouble{
			"something answers there, but it is no trainer server: it does not speak its TLS 1.3",
			"the port must lead to trainer serve itself: no web server, and no proxy that ends TLS on the way",
		}, true
	}
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
		return trouble{
			"the connection was closed before the server said who it is",
			"a firewall or proxy on the way may have closed it; the log of the server says if it was the server",
		}, true
	}
	return t, false
}

// portTrouble is about a port that cannot be reached.
func portTrouble(err error) (t trouble, ok bool) {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return trouble{
			"nothing listens at this port",
			"is trainer serve running there, with this port after --listen? a container has to publish it",
		}, true
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), status.Code(err) == codes.DeadlineExceeded:
		return trouble{
			"no answer in time",
			"the machine is down, or a firewall on the way drops the packets: the operator has to let this TCP port in, from you and from the other servers",
		}, true
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return trouble{"there is no way to that machine from here", "check the network, VPN and routes of this machine"}, true
	}
	return t, false
}

// passing reports whether another attempt may succeed: a server is starting, or a
// connection was lost.
func passing(err error) bool {
	switch status.Code(errors.Unwrap(err)) {
	case codes.Unavailable, codes.Aborted, codes.DeadlineExceeded, codes.Canceled:
		return true
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return !dns.IsNotFound
	}
	if _, alert := errors.AsType[tls.AlertError](err); alert {
		return false
	}
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, context.DeadlineExceeded)
}
