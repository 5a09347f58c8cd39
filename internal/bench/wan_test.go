package bench

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/grpcnet"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
)

// The comparison of emulated and real links: the same program runs once over
// the emulator of transport/mem, and once as three processes with gRPC and TLS in
// three network namespaces of Linux, between which another program delays
// packets. That program is told by -wan; it has to understand
//
//	PROGRAM -hosts 3 -delay 20ms -rate 100mbit up
//
// and then join the namespaces wan0 to wan2, where server i has the address
// 10.77.0.(i+1), say a line that begins with "up", and undo it when interrupted.
// All of it needs root.
var (
	wanProgram = flag.String("wan", "", "program that joins network namespaces; see wan_test.go")
	wanLinks   = flag.String("links", "20ms,100Mbit 1ms,1Gbit 50ms,20Mbit", "links of TestWAN")
)

// wanVariable is set in the processes that are servers: index and link.
const wanVariable = "TREFOIL_TEST_WAN"

func TestMain(m *testing.M) {
	if job, ok := os.LookupEnv(wanVariable); ok {
		if err := serveWAN(job); err != nil {
			fmt.Fprintln(os.Stderr, "server", job, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if os.Getenv(apartVariable) != "" {
		if err := Serve(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestWAN compares, and prints a table.
func TestWAN(t *testing.T) {
	if *wanProgram == "" {
		t.Skip("needs root and -wan, see make wan")
	}
	for text := range strings.FieldsSeq(*wanLinks) {
		t.Run(text, func(t *testing.T) { compareWAN(t, text) })
	}
}

func compareWAN(t *testing.T, text string) {
	var link Link
	require.NoError(t, link.UnmarshalText([]byte(text)))
	emulated, real := emulatedWAN(t, link), realWAN(t, link)
	t.Logf("measured %v %.0f Mbit/s in %.2f s emulated, %v %.0f Mbit/s in %.2f s real",
		emulated.Measured.Delay, emulated.Measured.Bandwidth*8/1e6, emulated.Measuring,
		real.Measured.Delay, real.Measured.Bandwidth*8/1e6, real.Measuring)
	assertWithin(t, .5, 2, real.Measured.Delay.Seconds()/link.Delay.Seconds(), "measured delay")
	assertWithin(t, .5, 2, real.Measured.Bandwidth/link.Bandwidth, "measured bandwidth")
	for _, row := range []struct {
		name           string
		emulated, real float64
	}{
		{"round of 64 B", emulated.Round64, real.Round64},
		{"round of 64 KiB", emulated.Round64K, real.Round64K},
		{fmt.Sprintf("training step, %d rounds", real.StepRounds), emulated.Step, real.Step},
		{fmt.Sprintf("ReLU of 2^16, %d rounds", real.ReLURounds), emulated.ReLU, real.ReLU},
	} {
		ratio := row.real / row.emulated
		t.Logf("| %s | %s | %.2f | %.2f | %.2f |", text, row.name, 1e3*row.emulated, 1e3*row.real, ratio)
		least, most := ratios(link)
		assertWithin(t, least, most, ratio, row.name)
	}
}

// ratios are bounds of real times by emulated ones. Where links are near, what
// real ones add counts: encryption, goroutines and this machine's processors, which
// all three servers and the program that delays packets share.
func ratios(link Link) (least, most float64) {
	if link.Delay >= 20*time.Millisecond {
		return .9, 1.3
	}
	return .9, 2.5
}

func assertWithin(t *testing.T, least, most, got float64, what string) {
	t.Helper()
	assert.True(t, got >= least && got <= most, "%s: real by emulated is %.2f, want %.1f to %.1f", what, got, least, most)
}

// emulatedWAN plays over the emulator and returns the figures of the slowest
// server.
func emulatedWAN(t *testing.T, link Link) wanFigures {
	var networks [5][transport.Servers]transport.Conn
	for i := range networks {
		networks[i] = mem.New(mem.WithLink(link))
	}
	var servers [transport.Servers]wanServer
	var errs [transport.Servers]error
	var wg sync.WaitGroup
	for i := range servers {
		servers[i].options = protocolsFor(link)
		servers[i].connect = func(session byte) (transport.Conn, error) { return networks[session][i], nil }
		wg.Go(func() { errs[i] = servers[i].run() })
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	return slowest(servers[0].wanFigures, servers[1].wanFigures, servers[2].wanFigures)
}

func protocolsFor(link Link) mpc.Options { return Options{Link: &link}.protocols() }

// slowest returns the longest of all times.
func slowest(all ...wanFigures) wanFigures {
	s := all[0]
	for _, f := range all[1:] {
		s.Round64, s.Round64K = max(s.Round64, f.Round64), max(s.Round64K, f.Round64K)
		s.Step, s.ReLU = max(s.Step, f.Step), max(s.ReLU, f.ReLU)
		s.StepRounds, s.ReLURounds = max(s.StepRounds, f.StepRounds), max(s.ReLURounds, f.ReLURounds)
		s.Measuring = max(s.Measuring, f.Measuring)
	}
	return s
}

// wanJob is what a process is to do.
type wanJob struct {
	Server int
	Link   Link
}

// realWAN plays over real links.
func realWAN(t *testing.T, link Link) wanFigures {
	joinNamespaces(t, link)
	var all [transport.Servers]wanFigures
	var errs [transport.Servers]error
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			job, _ := json.Marshal(wanJob{i, link})
			cmd := exec.CommandContext(t.Context(), "ip", "netns", "exec", fmt.Sprintf("wan%d", i), os.Args[0])
			cmd.Env = append(os.Environ(), wanVariable+"="+string(job))
			cmd.Stderr = os.Stderr
			var out []byte
			if out, errs[i] = cmd.Output(); errs[i] == nil {
				errs[i] = json.Unmarshal(out, &all[i])
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	return slowest(all[:]...)
}

// joinNamespaces starts the program that makes the links, until the end of this
// link's turn.
func joinNamespaces(t *testing.T, link Link) {
	rate := strings.ToLower(strings.Split(link.String(), ",")[1])
	cmd := exec.Command(*wanProgram, "-hosts", "3", "-delay", link.Delay.String(), "-rate", rate, "up")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(line, "up"), line)
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		_ = cmd.Wait()
	})
}

// serveWAN is a process that is a server.
func serveWAN(text string) error {
	var job wanJob
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		return err
	}
	var peers [transport.Servers]grpcnet.Peer
	for i := range peers {
		peers[i] = grpcnet.Peer{Address: fmt.Sprintf("10.77.0.%d:7000", i+1), Key: testKey(i).Public().(ed25519.PublicKey)}
	}
	node, err := grpcnet.Listen(peers[job.Server].Address, testKey(job.Server))
	if err != nil {
		return err
	}
	s := wanServer{options: protocolsFor(job.Link)}
	s.connect = func(session byte) (transport.Conn, error) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		return node.Connect(ctx, grpcnet.SessionID{session}, job.Server, peers)
	}
	if err := s.run(); err != nil {
		return err
	}
	node.Close() // waits until the others know
	return json.NewEncoder(os.Stdout).Encode(s.wanFigures)
}

// testKey is the key of a server, the same in every process.
func testKey(server int) ed25519.PrivateKey {
	seed := [ed25519.SeedSize]byte{'w', 'a', 'n', byte(server)}
	return ed25519.NewKeyFromSeed(seed[:])
}
