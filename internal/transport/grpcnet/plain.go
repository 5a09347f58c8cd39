package grpcnet

import (
	"crypto/tls"
	"errors"
	"net"
	"regexp"
)

// plainWords are what people read in place of what the system and gRPC say about
// connections.
var plainWords = []struct {
	pattern *regexp.Regexp
	words   string
}{
	{regexp.MustCompile(`dial tcp (\S+): (?:connect|connectex): (?:connection refused|No connection could be made.*)`), "nothing listens at $1"},
	{regexp.MustCompile(`dial tcp (\S+): (?:i/o timeout|connect: connection timed out)`), "no answer from $1"},
	{regexp.MustCompile(`dial tcp (\S+): connect: (?:no route to host|network is unreachable)`), "there is no way to $1"},
	{regexp.MustCompile(`keepalive ping failed to receive ACK within timeout`), "no sign of life"},
	{regexp.MustCompile(`error reading from server: (?:EOF|read tcp \S+: (?:read|wsarecv): .*)`), "closed by the other end"},
}

// Plain puts plain words in place of those of the system and of gRPC.
func Plain(text string) string {
	for _, p := range plainWords {
		text = p.pattern.ReplaceAllString(text, p.words)
	}
	return text
}

// protocolVersion is the alert of a server that speaks TLS 1.2 at most.
const protocolVersion tls.AlertError = 70

// isOlderTLS reports whether the peer speaks only an older TLS. It says so in an
// alert, of which crypto/tls hands on no more than the text.
func isOlderTLS(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "remote error" && op.Err.Error() == protocolVersion.Error()
}
