package parties

import (
	"context"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/measure"
)

// MeasureLink measures the slowest of the links between three servers, for
// [PhaseRun.Link]: all three call it on their connections of a session that is
// about to begin, and all get the same answer. On a fast network it is the zero
// Link, after a few milliseconds; on a slow one it takes about a second.
func MeasureLink(ctx context.Context, conn transport.Conn) (mpc.Link, error) {
	found, err := measure.Links(ctx, conn)
	if err != nil {
		return mpc.Link{}, err
	}
	return mpc.Link{Delay: found.Delay.Seconds(), Bandwidth: found.Bandwidth}, nil
}
