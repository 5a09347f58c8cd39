package grpcnet

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// The benchmark of three processes starts this test program three times more,
// as servers, each with its index in the environment. A server opens its
// rings, plays the laps that it reads from its standard input and writes how
// long each took.
const processVariable = "TREFOIL_TEST_SERVER"

func TestMain(m *testing.M) {
	if index, ok := os.LookupEnv(processVariable); ok {
		self, err := strconv.Atoi(index)
		if err == nil {
			err = serveLaps(self)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "server", index, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// order is a lap to play, on a rival.
type order struct {
	Rival    string
	Game     string
	Messages int
	Words    int
}

// games by name.
func games() map[string]game {
	return map[string]game{"rounds": playRounds, "stream": playStream}
}

// place is what a server tells the others before they connect.
type place struct {
	TCP, TLS, GRPC string // addresses
}

// serveLaps is a server's life.
func serveLaps(self int) error {
	in, out := json.NewDecoder(bufio.NewReader(os.Stdin)), json.NewEncoder(os.Stdout)
	node, err := Listen("127.0.0.1:0", keyOf(serverNames[self]))
	if err != nil {
		return err
	}
	defer node.Close()
	var listeners [2]net.Listener
	for i := range listeners {
		if listeners[i], err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return err
		}
	}
	err = out.Encode(place{TCP: listeners[0].Addr().String(), TLS: listeners[1].Addr().String(), GRPC: node.Addr().String()})
	if err != nil {
		return err
	}
	var places [transport.Servers]place
	if err := in.Decode(&places); err != nil {
		return err
	}
	rings, err := openRings(self, node, listeners, places)
	if err != nil {
		return err
	}
	for {
		var o order
		if err := in.Decode(&o); err != nil {
			return nil // the benchmark is over
		}
		start := time.Now()
		if err := games()[o.Game](rings[o.Rival], o.Messages, o.Words); err != nil {
			return err
		}
		if err := out.Encode(time.Since(start).Seconds()); err != nil {
			return err
		}
	}
}

// openRings connects a server to its neighbours in three ways.
func openRings(self int, node *Node, l [2]net.Listener, places [transport.Servers]place) (map[string]ringEnd, error) {
	next := places[(self+1)%transport.Servers]
	tcp, err := neighbours(l[0], next.TCP, plain)
	if err != nil {
		return nil, err
	}
	wrap, err := encrypted()
	if err != nil {
		return nil, err
	}
	tls, err := neighbours(l[1], next.TLS, wrap)
	if err != nil {
		return nil, err
	}
	var peers [transport.Servers]Peer
	for i := range peers {
		peers[i] = Peer{Address: places[i].GRPC, Key: public(serverNames[i])}
	}
	c, err := node.Connect(context.Background(), SessionID{1}, self, peers)
	if err != nil {
		return nil, err
	}
	return map[string]ringEnd{"tcp": tcp, "tls": tls, "grpc": &connEnd{Conn: c}}, nil
}

// process is a server as the benchmark sees it.
type process struct {
	in  *json.Encoder
	out *json.Decoder
}

// startProcesses starts the three servers.
func startProcesses(b *testing.B) (all [transport.Servers]process) {
	b.Helper()
	// Each takes its share of the processors: with more, the Go scheduler of each
	// wakes threads for work that is not there, and all pay for it.
	share := "GOMAXPROCS=" + strconv.Itoa(max(1, runtime.NumCPU()/transport.Servers))
	var places [transport.Servers]place
	for i := range all {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), processVariable+"="+strconv.Itoa(i), share)
		cmd.Stderr = os.Stderr
		in, err := cmd.StdinPipe()
		require.NoError(b, err)
		out, err := cmd.StdoutPipe()
		require.NoError(b, err)
		require.NoError(b, cmd.Start())
		b.Cleanup(func() {
			in.Close()
			_ = cmd.Wait()
		})
		all[i] = process{json.NewEncoder(in), json.NewDecoder(out)}
		require.NoError(b, all[i].out.Decode(&places[i]))
	}
	for _, p := range all {
		require.NoError(b, p.in.Encode(places))
	}
	return all
}

// play plays a lap on all servers and returns its seconds.
func play(b *testing.B, all [transport.Servers]process, o order) float64 {
	for _, p := range all {
		require.NoError(b, p.in.Encode(o))
	}
	var longest float64
	for _, p := range all {
		var seconds float64
		require.NoError(b, p.out.Decode(&seconds))
		longest = max(longest, seconds)
	}
	return longest
}
