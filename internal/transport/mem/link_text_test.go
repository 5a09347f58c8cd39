package mem

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLinkText(t *testing.T) {
	for text, want := range map[string]Link{
		"20ms,100Mbit":  {20 * time.Millisecond, 1e8 / 8},
		"250µs,10Gbit":  {250 * time.Microsecond, 1e10 / 8},
		"0s,1.5Mbit":    {0, 1.5e6 / 8},
		"1.5ms,64kbit":  {1500 * time.Microsecond, 8e3},
		"1m0s":          {time.Minute, 0},
		"1ms,0.5kbit":   {time.Millisecond, 62.5},
		"20ms,1000Gbit": {20 * time.Millisecond, 1e12 / 8},
	} {
		var l Link
		require.NoError(t, l.UnmarshalText([]byte(text)), text)
		require.Equal(t, want, l)
		require.Equal(t, text, l.String())
		encoded, err := json.Marshal(l)
		require.NoError(t, err)
		require.JSONEq(t, `"`+text+`"`, string(encoded))
	}
}

func TestLinkTextRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":               `got a delay of ""`,
		"20":             `got a delay of "20", want one such as 20ms or 0s`,
		"100Mbit":        `as in 20ms,100Mbit`,
		"-1ms,1Gbit":     `got a delay of "-1ms"`,
		"2h,1Gbit":       `got a delay of "2h", want one such as 20ms or 0s, at most 1m`,
		"20ms,":          `got a bandwidth of ""`,
		"20ms,100":       `got a bandwidth of "100", want one such as 100Mbit`,
		"20ms,0Mbit":     `got a bandwidth of "0Mbit"`,
		"20ms,-5Mbit":    `got a bandwidth of "-5Mbit"`,
		"20ms,NaNMbit":   `got a bandwidth of "NaNMbit"`,
		"20ms,InfGbit":   `got a bandwidth of "InfGbit"`,
		"20ms,100MB":     `got a bandwidth of "100MB"`,
		"20ms,1Gbit,2ms": `got a bandwidth of "1Gbit,2ms"`,
	} {
		l := Link{Delay: 7}
		require.ErrorContains(t, l.UnmarshalText([]byte(text)), want, text)
		require.Equal(t, Link{Delay: 7}, l, "a bad text changes nothing")
	}
}
