package bench

import (
	"crypto/ed25519"
	"sync"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
)

// grpcRing is three nodes on loopback in one session.
type grpcRing struct {
	connRing
	nodes [transport.Servers]*grpcnet.Node
	once  sync.Once
}

// newGRPCRing connects three servers as a consortium would be.
func newGRPCRing(b *bench) (network, error) {
	r, source := new(grpcRing), random()
	var peers [transport.Servers]grpcnet.Peer
	for i := range r.nodes {
		_, key, err := ed25519.GenerateKey(source)
		if err != nil {
			return nil, err
		}
		if r.nodes[i], err = grpcnet.Listen("127.0.0.1:0", key); err != nil {
			r.closeNodes()
			return nil, err
		}
		peers[i] = grpcnet.Peer{Address: r.nodes[i].Addr().String(), Key: r.nodes[i].Key()}
	}
	err := together(newStopwatch(effort{}), func(i int) (err error) {
		r.connRing[i], err = r.nodes[i].Connect(b.ctx, grpcnet.SessionID{}, i, peers)
		return err
	})
	if err != nil {
		r.closeNodes()
		return nil, err
	}
	return r, nil
}

func (r *grpcRing) close(cause error) {
	r.once.Do(func() {
		r.connRing.close(cause)
		r.closeNodes()
	})
}

func (r *grpcRing) closeNodes() {
	var all sync.WaitGroup
	for _, n := range r.nodes {
		if n != nil {
			all.Go(n.Close)
		}
	}
	all.Wait()
}
