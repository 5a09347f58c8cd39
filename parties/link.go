package parties

import (
	"context"
	"fmt"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/measure"
)

// Network is what three servers have found out about the links between them.
type Network struct {
	Delay     float64 `json:"delay_seconds"`    // of a message one way, over the slowest link
	Bandwidth float64 `json:"bytes_per_second"` // of the slowest link; 0 between near servers, who do not measure it
}

// MeasureNetwork measures the links between three servers: all three call it on
// their connections of a session that is about to begin, and all get the same
// answer. On a fast network it takes about a millisecond, on a slow one some
// seconds.
func MeasureNetwork(ctx context.Context, conn transport.Conn) (Network, error) {
	found, err := measure.Links(ctx, conn)
	if err != nil {
		return Network{}, err
	}
	n := Network{Delay: found.Delay.Seconds(), Bandwidth: found.Bandwidth}
	if n.near() {
		n.Delay = found.Slowest().Seconds()
	}
	return n, nil
}

func (n Network) near() bool { return n.Bandwidth == 0 }

// Link is by what the protocols of a session are chosen, for [PhaseRun.Link]. Near
// servers choose as if they knew nothing: they save work and bytes.
func (n Network) Link() mpc.Link {
	if n.near() {
		return mpc.Link{}
	}
	return mpc.Link{Delay: n.Delay, Bandwidth: n.Bandwidth}
}

// String is such as 20 ms, 100 Mbit/s. Near servers have no bandwidth.
func (n Network) String() string {
	delay := fmt.Sprintf("%.2g ms", n.Delay*1e3)
	if n.Delay >= .1 {
		delay = fmt.Sprintf("%.0f ms", n.Delay*1e3)
	}
	switch bits := 8 * n.Bandwidth; {
	case n.near():
		return delay
	case bits >= 1e9:
		return fmt.Sprintf("%s, %.2g Gbit/s", delay, bits/1e9)
	default:
		return fmt.Sprintf("%s, %.3g Mbit/s", delay, bits/1e6)
	}
}
