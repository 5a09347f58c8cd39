package client

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// asked returns what the doctor finds about one thing.
func (l *liar) asked(t *testing.T, check string) (list []Finding) {
	for _, f := range (&doctor{server: fake(t, l), ctx: t.Context()}).examine(nil) {
		if f.Check == check {
			list = append(list, f)
		}
	}
	require.NotEmpty(t, list)
	return list
}

// healthy is a server of this version with a right clock.
func healthy() *liar {
	return &liar{
		hello: &partypb.HelloReply{Version: "v1.2.3", WireVersion: parties.WireVersion, UnixNanos: time.Now().UnixNano(), Ready: true},
		links: &partypb.LinksReply{Links: []*partypb.LinkState{{Server: 2, Reached: true, WireVersion: parties.WireVersion}}},
	}
}

// The version of a server is that of the program, not of one of its protocols.
func TestDoctorOnVersions(t *testing.T) {
	l := healthy()
	require.Equal(t, Fine, l.asked(t, "version")[0].State)
	require.Equal(t, Fine, l.asked(t, "to server 2")[0].State)
	l.hello.WireVersion++
	l.links.Links[0].WireVersion += 2
	found := l.asked(t, "version")[0]
	require.Equal(t, Broken, found.State)
	require.Equal(t, fmt.Sprintf("speaks wire version %d (program v1.2.3), this program speaks %d", parties.WireVersion+1, parties.WireVersion), found.Text)
	require.NotEmpty(t, found.Hint)
	found = l.asked(t, "to server 2")[0]
	require.Equal(t, Broken, found.State)
	require.Equal(t, fmt.Sprintf("speaks wire version %d, want %d", parties.WireVersion+2, parties.WireVersion), found.Text)
}

// A clock that is off is told, and is nothing broken.
func TestDoctorOnClocks(t *testing.T) {
	l := healthy()
	for off, text := range map[time.Duration]string{
		400*24*time.Hour + time.Hour:  "400 days ahead of that of this machine",
		-400*24*time.Hour - time.Hour: "400 days behind that of this machine",
	} {
		l.hello.UnixNanos = time.Now().Add(off).UnixNano()
		found := l.asked(t, "clock")[0]
		require.Equal(t, Doubtful, found.State)
		require.Equal(t, text, found.Text)
		require.NotEmpty(t, found.Hint)
	}
	l.hello.UnixNanos = time.Now().UnixNano()
	require.Equal(t, Fine, l.asked(t, "clock")[0].State)
}
