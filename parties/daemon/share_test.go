package daemon

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// sealed is a part as it is uploaded.
type sealed struct {
	head *partypb.UploadHead
	blob []byte
}

// cut makes the three parts of an item, each sealed to its server.
func (c *consort) cut(owner, what string) (parts [3]sealed) {
	c.t.Helper()
	return c.cutAs(owner, what, "")
}

// cutAs is cut under another name of the cutting.
func (c *consort) cutAs(owner, what, name string) (parts [3]sealed) {
	c.t.Helper()
	plain, err := c.side(owner).Parts(what)
	require.NoError(c.t, err)
	split := sha256.Sum256(append([]byte(owner+what+name), c.hash...))
	for i := range parts {
		text, err := mpc.PackPart(plain[i])
		require.NoError(c.t, err)
		parts[i] = c.seal(i, parties.Item{What: what, Owner: owner}, split[:partypb.SplitSize], text)
	}
	return parts
}

// seal seals a text as a part for a server.
func (c *consort) seal(server int, it parties.Item, split, text []byte) sealed {
	c.t.Helper()
	to, err := identity.ParseSealKey(keyOf(serverNames[server]).SealKey().Bytes())
	require.NoError(c.t, err)
	blob, err := to.Seal(partypb.PartAbout(c.hash, itemMessage(it), uint32(server), split), text)
	require.NoError(c.t, err)
	digest := sha256.Sum256(blob)
	return sealed{blob: blob, head: &partypb.UploadHead{
		JobHash: c.hash, Item: itemMessage(it), Digest: digest[:], Length: uint64(len(blob)), Split: split,
	}}
}

// upload sends a part from where the server has it.
func upload(ctx context.Context, api partypb.ConsortiumClient, p sealed) (*partypb.UploadStateReply, error) {
	state, err := api.UploadState(ctx, &partypb.UploadStateRequest{JobHash: p.head.GetJobHash(), Item: p.head.GetItem()})
	if err != nil {
		return nil, err
	}
	offset := state.GetOffset()
	if !bytes.Equal(state.GetHead().GetDigest(), p.head.GetDigest()) {
		offset = 0
	}
	return uploadFrom(ctx, api, p, offset)
}

func uploadFrom(ctx context.Context, api partypb.ConsortiumClient, p sealed, offset uint64) (*partypb.UploadStateReply, error) {
	st, err := api.Upload(ctx)
	if err != nil {
		return nil, err
	}
	_ = st.Send(&partypb.UploadRequest{Message: &partypb.UploadRequest_Head{Head: p.head}}) // errors come with the reply
	for rest := p.blob[offset:]; len(rest) > 0; {
		n := min(len(rest), partypb.MaxChunk)
		c := &partypb.Chunk{Offset: offset, Data: rest[:n]}
		if st.Send(&partypb.UploadRequest{Message: &partypb.UploadRequest_Chunk{Chunk: c}}) != nil {
			break
		}
		offset, rest = offset+uint64(n), rest[n:]
	}
	return st.CloseAndRecv()
}

// share has an owner upload items to all three servers.
func (c *consort) share(owner string, what ...string) {
	c.t.Helper()
	for _, w := range what {
		for i, p := range c.cut(owner, w) {
			reply, err := upload(c.t.Context(), c.at(owner, i), p)
			require.NoError(c.t, err)
			require.True(c.t, reply.GetComplete())
		}
	}
}

// accept has an owner take what the servers have of an item.
func (c *consort) accept(owner, what string) {
	c.t.Helper()
	from := make([]parties.Delivered, 3)
	var session []byte
	for i := range from {
		api := c.at(owner, i)
		d := c.delivery(api, owner, what)
		if session == nil {
			session = d.GetSession()
		}
		require.Equal(c.t, session, d.GetSession(), "deliveries of one session")
		from[i] = c.open(api, owner, i, d)
	}
	require.NoError(c.t, c.side(owner).Accept(c.t.Context(), what, from))
}

func (c *consort) delivery(api partypb.ConsortiumClient, owner, what string) *partypb.Delivery {
	c.t.Helper()
	list, err := api.Deliveries(c.t.Context(), &partypb.JobRequest{JobHash: c.hash})
	require.NoError(c.t, err)
	for _, d := range list.GetDeliveries() {
		require.Equal(c.t, owner, d.GetItem().GetOwner(), "an owner sees its own only")
		if d.GetItem().GetWhat() == what {
			return d
		}
	}
	require.Failf(c.t, "no delivery", "%s of %s", what, owner)
	return nil
}

func (c *consort) open(api partypb.ConsortiumClient, owner string, server int, d *partypb.Delivery) parties.Delivered {
	c.t.Helper()
	blob := c.fetched(api, d, 0)
	digest := sha256.Sum256(blob)
	require.Equal(c.t, d.GetDigest(), digest[:])
	text, err := keyOf(owner).Open(partypb.DeliveryAbout(c.hash, d.GetItem(), uint32(server), d.GetSession()), blob)
	require.NoError(c.t, err)
	out, err := parties.UnpackDelivered(text)
	require.NoError(c.t, err)
	return out
}

// fetched is a delivery from an offset on.
func (c *consort) fetched(api partypb.ConsortiumClient, d *partypb.Delivery, offset uint64) []byte {
	c.t.Helper()
	st, err := api.Fetch(c.t.Context(), &partypb.FetchRequest{JobHash: c.hash, Item: d.GetItem(), Session: d.GetSession(), Offset: offset})
	require.NoError(c.t, err)
	var blob []byte
	for {
		m, err := st.Recv()
		if err == io.EOF {
			return blob
		}
		require.NoError(c.t, err)
		require.Equal(c.t, offset+uint64(len(blob)), m.GetChunk().GetOffset())
		blob = append(blob, m.GetChunk().GetData()...)
	}
}

// runToTraining does everything up to what the training needs.
func (c *consort) runToTraining() {
	c.t.Helper()
	c.approveAll()
	for _, o := range []string{"north", "south"} {
		c.share(o, parties.ItemSums)
	}
	c.untilDone(parties.PhaseStandardise)
	for _, o := range []string{"north", "south"} {
		c.accept(o, parties.ItemStandardiser)
	}
}

// shareRows hands in what the training needs.
func (c *consort) shareRows() {
	c.t.Helper()
	for _, o := range []string{"north", "south"} {
		c.share(o, parties.ItemFeatures, parties.ItemTargets)
	}
}

// untilDone waits until a phase is done on all servers.
func (c *consort) untilDone(phase string) {
	c.t.Helper()
	for i := range c.servers {
		c.untilThat(i, phase+" done", func(s *partypb.JobStatus) bool {
			return slices.Contains(s.GetPhasesDone(), phase)
		})
	}
}
