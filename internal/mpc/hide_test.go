package mpc_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func requireNoMark(t *testing.T, s string) {
	require.NotContains(t, s, fmt.Sprint(marks[0]))
}
