package store

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFull(t *testing.T) {
	for _, no := range fullDisk {
		for _, err := range []error{no, fmt.Errorf("write x: %w, after 3 bytes", no), errors.New("file resize error: " + no.Error())} {
			require.ErrorIs(t, full(err), ErrDiskFull)
			require.ErrorContains(t, full(err), err.Error())
		}
	}
	require.NoError(t, full(nil))
	require.Equal(t, io.ErrUnexpectedEOF, full(io.ErrUnexpectedEOF))
}
