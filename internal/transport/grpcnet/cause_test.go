package grpcnet

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

var errDisk = errors.New("disk full")

// over is err as a peer gets it.
func over(err error) error {
	var f control
	f.unmarshal((&control{kind: kindEnd, origin: 1, texts: texts(err)}).marshal())
	if f.err != nil {
		return f.err
	}
	return remoteCause(f.texts)
}

func TestCauseKeepsTextsAndTree(t *testing.T) {
	step := fmt.Errorf("step 7: %w", &transport.PeerError{Server: 2, Cause: errDisk})
	both := errors.Join(step, transport.ErrClosed)
	for _, err := range []error{errDisk, transport.ErrClosed, step, both, fmt.Errorf("a %w b %w", step, errDisk)} {
		got := over(err)
		require.EqualError(t, got, printable(err.Error()))
		for _, target := range []error{err, errDisk, transport.ErrClosed} {
			require.Equal(t, errors.Is(err, target), errors.Is(got, target), "%v in %v", target, err)
		}
	}
	require.NotErrorIs(t, over(errDisk), errors.New("disk"))
}

func TestCauseIsBounded(t *testing.T) {
	err := errDisk
	for i := range 100 {
		err = fmt.Errorf("%d %w", i, err)
	}
	require.Len(t, texts(err), maxTexts)
	require.ErrorContains(t, over(errors.New(strings.Repeat("é", 5000))), "éé…")
}

// TestCauseIsPrintable has any peer say anything.
func TestCauseIsPrintable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.Byte(), 0, 3000).Draw(t, "bytes"))
		got := over(errors.New(text))
		require.LessOrEqual(t, len(got.Error()), maxText)
		require.True(t, utf8.ValidString(got.Error()))
		require.NotContains(t, got.Error(), "\x1b")
		require.NotContains(t, got.Error(), "\n")
		require.ErrorIs(t, got, errors.New(text), "the same error here and there")
	})
}

func TestNoCauseIsAnOrderlyEnd(t *testing.T) {
	require.ErrorIs(t, remoteCause(nil), transport.ErrClosed)
}
