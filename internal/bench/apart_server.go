package bench

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
)

// apartSetup is how long three processes may take to connect.
const apartSetup = 30 * time.Second

// Serve is the life of a process that [Options.Process] starts: it plays laps and
// trains with the two others as it is told on in, which is its standard input, until
// that ends.
func Serve(in io.Reader, out io.Writer) error {
	orders, answers := json.NewDecoder(in), json.NewEncoder(out)
	var self int
	if err := orders.Decode(&self); err != nil {
		return err
	}
	if self < 0 || self >= transport.Servers {
		return fmt.Errorf("got index %d, want 0, 1 or 2", self)
	}
	s, err := newRoundServer(self)
	if err != nil {
		return err
	}
	defer s.close()
	if err := answers.Encode(s.place); err != nil {
		return err
	}
	if err := s.play(orders, answers); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// play connects and plays laps until it is told no more.
func (s *roundServer) play(orders *json.Decoder, answers *json.Encoder) error {
	var places [transport.Servers]place
	if err := orders.Decode(&places); err != nil {
		return err
	}
	if err := s.connect(places); err != nil {
		return err
	}
	for {
		var o order
		if err := orders.Decode(&o); err != nil {
			return err
		}
		answer, err := s.obey(o)
		if err != nil {
			return err
		}
		if err := answers.Encode(answer); err != nil {
			return err
		}
	}
}

func (s *roundServer) obey(o order) (any, error) {
	if o.Lesson != nil {
		return s.learn(*o.Lesson)
	}
	return s.lap(o)
}

// roundServer is one of three processes.
type roundServer struct {
	place
	self     int
	listener net.Listener // of plain TCP
	node     *grpcnet.Node
	peers    [transport.Servers]grpcnet.Peer
	sockets  *socketRing // with its two connections only
	conns    connRing    // with its own only
	played   map[string]uint32
}

func newRoundServer(self int) (s *roundServer, err error) {
	s = &roundServer{self: self, sockets: new(socketRing), played: map[string]uint32{}}
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(self)}, ed25519.SeedSize)) // protects nothing
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	if s.node, err = grpcnet.Listen("127.0.0.1:0", key); err != nil {
		s.listener.Close()
		return nil, err
	}
	s.place = place{TCP: s.listener.Addr().String(), GRPC: s.node.Addr().String(), Key: s.node.Key()}
	return s, nil
}

// connect connects to the other two processes in both ways.
func (s *roundServer) connect(places [transport.Servers]place) error {
	accepted := make(chan error, 1)
	go func() {
		var err error
		s.sockets.prev[s.self], err = s.listener.Accept()
		accepted <- err
	}()
	var err error
	if s.sockets.next[s.self], err = net.DialTimeout("tcp", places[(s.self+1)%3].TCP, apartSetup); err != nil {
		return err
	}
	if err := <-accepted; err != nil {
		return err
	}
	for i, p := range places {
		s.peers[i] = grpcnet.Peer{Address: p.GRPC, Key: p.Key}
	}
	s.conns[s.self], err = s.open(grpcnet.SessionID{})
	return err
}

// open opens a session with the other two.
func (s *roundServer) open(id grpcnet.SessionID) (transport.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), apartSetup)
	defer cancel()
	return s.node.Connect(ctx, id, s.self, s.peers)
}

// lap plays this server's side and returns how long it took.
func (s *roundServer) lap(o order) (time.Duration, error) {
	var net network = s.sockets
	if o.Transport == "grpc_mtls" {
		net = s.conns
	}
	first := s.played[o.Transport]
	s.played[o.Transport] += uint32(o.Trips)
	begin := time.Now()
	err := playRounds(net, s.self, first, o.Trips, roundWords)
	return time.Since(begin), err
}

func (s *roundServer) close() {
	s.listener.Close()
	s.sockets.close(nil)
	if c := s.conns[s.self]; c != nil {
		c.Close(nil)
	}
	s.node.Close()
}
