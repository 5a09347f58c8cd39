package grpcnet

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// TestRefusedHeaders opens streams that do not belong to a session, as server 0
// unless said otherwise, at server 1, whose session waits for server 0.
func TestRefusedHeaders(t *testing.T) {
	n := nodes(t)
	id, other := newID(), newID()
	s, err := n[1].open(id, 1, peersOf(n))
	require.NoError(t, err)
	defer s.leave()
	defer s.Close(nil)

	good := header{session: id, from: 0, to: 1}
	with := func(key, value string) metadata.MD {
		md := good.metadata()
		md.Set(key, value)
		return md
	}
	twice := good.metadata()
	twice.Append(keyTo, "1")
	for what, c := range map[string]struct {
		as     int
		stream string
		md     metadata.MD
		code   codes.Code
		want   string
	}{
		"no header":       {0, controlName, nil, codes.InvalidArgument, "0 values of trefoil-wire, want one"},
		"another release": {0, controlName, with(keyWire, "1"), codes.FailedPrecondition, "wire version 1, want 2: all servers need the same release"},
		"no version":      {0, controlName, with(keyWire, "latest"), codes.FailedPrecondition, "wire version latest, want 2: all servers need the same release"},
		"no such server":  {0, controlName, with(keyFrom, "3"), codes.InvalidArgument, `trefoil-from "3", want 0, 1 or 2`},
		"no number":       {0, controlName, with(keyTo, "one"), codes.InvalidArgument, `trefoil-to "one", want 0, 1 or 2`},
		"two values":      {0, controlName, twice, codes.InvalidArgument, "2 values of trefoil-to, want one"},
		"short session":   {0, controlName, with(keySession, "abcd"), codes.InvalidArgument, `trefoil-session "abcd", want 64 hexadecimal digits`},
		"long session":    {0, controlName, with(keySession, strings.Repeat("a", 66)), codes.InvalidArgument, `trefoil-session "` + strings.Repeat("a", 66) + `", want 64 hexadecimal digits`},
		"odd session":     {0, controlName, with(keySession, strings.Repeat("x", 64)), codes.InvalidArgument, `trefoil-session "` + strings.Repeat("x", 64) + `", want 64 hexadecimal digits`},
		"no link":         {0, controlName, with(keyBinding, ""), codes.InvalidArgument, `trefoil-binding "", want 32 hexadecimal digits`},
		"unknown session": {0, controlName, header{session: other, from: 0, to: 1}.metadata(), codes.NotFound, "session " + other.String() + " has not begun there"},
		"wrong server":    {0, controlName, header{session: id, from: 0, to: 2}.metadata(), codes.InvalidArgument, "this is server 1 of session " + id.String() + ", not 2"},
		"wrong direction": {2, controlName, header{session: id, from: 2, to: 1}.metadata(), codes.InvalidArgument, "server 2 dials those after it, not server 1"},
		"wrong key": {2, controlName, good.metadata(), codes.PermissionDenied, "session " + id.String() + " knows server 0 by key " +
			Fingerprint(n[0].Key()) + ", not " + Fingerprint(n[2].Key())},
		"messages first": {0, messagesName, good.metadata(), codes.Aborted, "no stream of control, which comes before that of messages"},
	} {
		err := dialRaw(t, n[c.as], n[1]).refusal(c.stream, c.md)
		require.Equal(t, c.code, status.Code(err), what)
		require.Equal(t, c.want, says(err), what)
	}
}

// TestOneConnectionForEachPeer has server 0 call twice.
func TestOneConnectionForEachPeer(t *testing.T) {
	n, s := waiting(t)
	first, second := dialRaw(t, n[0], n[1]), dialRaw(t, n[0], n[1])
	of := func(r *raw) metadata.MD {
		return header{session: s.id, from: 0, to: 1, binding: r.id.binding}.metadata()
	}
	md, other := of(first), of(second)
	require.NoError(t, first.refusal(controlName, md))
	err := second.refusal(controlName, other)
	require.Equal(t, codes.AlreadyExists, status.Code(err))
	require.Regexp(t, `^already connected from 127\.0\.0\.1:\d+: do two servers run with one key\?$`, says(err))
	require.Equal(t, codes.FailedPrecondition, status.Code(second.refusal(messagesName, other)), "of another connection")
	require.NoError(t, first.refusal(messagesName, md))
	require.Equal(t, codes.FailedPrecondition, status.Code(first.refusal(messagesName, md)), "a second one")
	require.Equal(t, codes.AlreadyExists, status.Code(first.refusal(controlName, md)), "a second one")
}

// TestAnotherAttempt has server 0 go away after the stream of control and call
// again.
func TestAnotherAttempt(t *testing.T) {
	n, s := waiting(t)
	h := header{session: s.id, from: 0, to: 1}
	first := dialRaw(t, n[0], n[1])
	require.NoError(t, first.refusal(controlName, h.metadata()))
	first.close()
	require.Eventually(t, func() bool {
		return dialRaw(t, n[0], n[1]).open(t.Context(), h) == nil
	}, long, tick)
	require.NoError(t, func() error { <-s.links[0].up; return nil }())
	require.Nil(t, s.closed.Load())
}
