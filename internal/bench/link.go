package bench

import (
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

// Link is an emulated link out of each server; as text, a delay and a bandwidth
// such as 20ms,100Mbit.
type Link = mem.Link

// connect returns a new network, with the link if there is one.
func (o Options) connect() [transport.Servers]transport.Conn {
	if o.Link == nil {
		return mem.New()
	}
	return mem.New(mem.WithLink(*o.Link))
}

// protocols are those that servers choose who know the link.
func (o Options) protocols() mpc.Options {
	if o.Link == nil {
		return mpc.Options{}
	}
	return mpc.Options{Link: mpc.Link{Delay: o.Link.Delay.Seconds(), Bandwidth: o.Link.Bandwidth}}
}
