package parties

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/transport"
	"github.com/trefoil-ml/trefoil/internal/transport/mem"
	"github.com/trefoil-ml/trefoil/tensor"
)

// box is a Box of parts that are all there, which keeps what is delivered.
type box struct {
	server int
	parts  map[Item][]tensor.Part
	files  map[Item][]byte
	mu     *sync.Mutex
	given  map[Item][]Delivered
}

// Part hands over what has been through a packing.
func (b box) Part(_ context.Context, it Item) (tensor.Part, error) {
	packed, err := mpc.PackPart(b.parts[it][b.server])
	if err != nil {
		return tensor.Part{}, err
	}
	return mpc.UnpackPart(packed)
}

func (b box) File(_ context.Context, it Item) ([]byte, error) { return b.files[it], nil }

func (b box) Deliver(it Item, d Delivered) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.given[it] == nil {
		b.given[it] = make([]Delivered, servers)
	}
	packed, err := d.Pack()
	if err != nil {
		return err
	}
	b.given[it][b.server], err = UnpackDelivered(packed)
	return err
}

// runPhases runs a job phase by phase as a consortium does: all parts are there
// before a phase begins, and its keys are agreed over its links.
func runPhases(t *testing.T, j *Job, owners []*OwnerSide) (reports [servers][]*PhaseReport) {
	t.Helper()
	var mu sync.Mutex
	given := map[Item][]Delivered{}
	for n, phase := range j.Phases() {
		parts, files := map[Item][]tensor.Part{}, map[Item][]byte{}
		for _, o := range owners {
			for _, it := range Of(o.name, phase.Needs) {
				if text, ok := o.File(it.What); ok {
					files[it] = text
					continue
				}
				three, err := o.Parts(it.What)
				require.NoError(t, err)
				parts[it] = three[:]
			}
		}
		var all sync.WaitGroup
		for k, conn := range mem.New() {
			all.Go(func() {
				keys, err := AgreeKeys(conn, [32]byte{byte(n)})
				assert.NoError(t, err)
				run := PhaseRun{Job: j, Phase: phase.Name, Box: box{k, parts, files, &mu, given}}
				report, err := run.Run(t.Context(), conn, keys)
				assert.NoError(t, err)
				reports[k] = append(reports[k], report)
			})
		}
		all.Wait()
		for _, o := range owners {
			for _, it := range Of(o.name, phase.Gives) {
				require.NoError(t, o.Accept(t.Context(), it.What, given[it]))
			}
		}
	}
	return reports
}

// A job run phase by phase by owners and servers who know only their own side
// gives what it gives in one process.
func TestPhasesAsAConsortium(t *testing.T) {
	local := newTestJob(t, somePeople(1, 60), somePeople(2, 50))
	local.Number.Rounding = ExactRounding
	for i := range local.Data.Owners {
		local.Data.Owners[i].TestFraction = .2
	}
	want := runJob(t, local, EngineSecure)

	j, _ := networkedJob(t)
	j.Dir, j.Train, j.Number = local.Dir, local.Train, local.Number
	require.NoError(t, j.Check())
	var owners []*OwnerSide
	for _, o := range local.Data.Owners {
		side, err := NewOwnerSide(j, o.Name, OwnerFiles{Rows: o.File}, func(string) {})
		require.NoError(t, err)
		owners = append(owners, side)
	}
	reports := runPhases(t, j, owners)
	for _, o := range owners {
		got := o.Result(reports)
		require.Equal(t, want.Model, got.Model)
		require.Equal(t, want.Metrics.Test, got.Metrics.Test)
		require.Equal(t, want.Metrics.Owners[o.name], got.Metrics.Owners[o.name])
		require.Equal(t, want.Cost.Rounds, got.Cost.Rounds)
		require.Equal(t, want.Cost.BytesSent, got.Cost.BytesSent)
		require.Equal(t, want.Audit, got.Audit)
	}
}

// A server that sends something else than a key is named at all three.
func TestAgreeKeysOnRubbish(t *testing.T) {
	for rogue := range servers {
		var all sync.WaitGroup
		for k, conn := range mem.New() {
			if k == rogue {
				conn = cut{conn}
			}
			all.Go(func() {
				_, err := AgreeKeys(conn, [32]byte{})
				if k == (rogue+2)%servers {
					assert.EqualError(t, err, fmt.Sprintf("agree on keys: server %d: sent a pair key of 8 bytes, want 32", rogue))
					conn.Close(err)
				}
				_, _, err = conn.Recv((k+1)%servers, keyLane, 1)
				peer, ok := errors.AsType[*transport.PeerError](err)
				assert.True(t, ok)
				assert.Equal(t, rogue, peer.Server)
			})
		}
		all.Wait()
	}
}

// cut is a connection that sends a word of each message.
type cut struct{ transport.Conn }

func (c cut) Send(to int, tag transport.Tag, words []uint64) error {
	return c.Conn.Send(to, tag, words[:1])
}

// A server that goes away while keys are agreed is named.
func TestAgreeKeysWithoutAPeer(t *testing.T) {
	conns := mem.New()
	conns[1].Close(transport.ErrClosed)
	_, err := AgreeKeys(conns[0], [32]byte{})
	require.ErrorContains(t, err, "agree on keys: server 1")
}
