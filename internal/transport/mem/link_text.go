package mem

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// bandwidths are the units of a bandwidth in text, in bytes per second.
var bandwidths = []struct {
	name  string
	bytes float64
}{{"Gbit", 1e9 / 8}, {"Mbit", 1e6 / 8}, {"kbit", 1e3 / 8}}

// UnmarshalText reads delay and bandwidth, as in 20ms,100Mbit, or the delay
// alone. A bandwidth is in kbit, Mbit or Gbit per second.
func (l *Link) UnmarshalText(text []byte) error {
	delay, bandwidth, limited := strings.Cut(string(text), ",")
	var read Link
	var err error
	if read.Delay, err = time.ParseDuration(delay); err != nil || read.Delay < 0 || read.Delay > time.Minute {
		return fmt.Errorf("got a delay of %q, want one such as 20ms or 0s, at most 1m; as in 20ms,100Mbit", delay)
	}
	if limited {
		if read.Bandwidth, err = parseBandwidth(bandwidth); err != nil {
			return err
		}
	}
	*l = read
	return nil
}

func parseBandwidth(text string) (float64, error) {
	for _, u := range bandwidths {
		if number, ok := strings.CutSuffix(text, u.name); ok {
			if v, err := strconv.ParseFloat(number, 64); err == nil && v >= .001 && v <= 1e6 {
				return v * u.bytes, nil
			}
		}
	}
	return 0, fmt.Errorf("got a bandwidth of %q, want one such as 100Mbit (kbit, Mbit or Gbit per second); as in 20ms,100Mbit", text)
}

// String is the form that UnmarshalText reads.
func (l Link) String() string {
	if l.Bandwidth == 0 {
		return l.Delay.String()
	}
	u := bandwidths[len(bandwidths)-1]
	for i := len(bandwidths) - 1; i >= 0 && l.Bandwidth >= bandwidths[i].bytes; i-- {
		u = bandwidths[i]
	}
	return fmt.Sprintf("%s,%g%s", l.Delay, l.Bandwidth/u.bytes, u.name)
}

// MarshalText is the form that UnmarshalText reads.
func (l Link) MarshalText() ([]byte, error) { return []byte(l.String()), nil }
