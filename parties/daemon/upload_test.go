package daemon

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/trefoil-ml/trefoil/internal/identity"
	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

var sumsOfNorth = parties.Item{What: parties.ItemSums, Owner: "north"}

// TestUploadTwice sends the same part again, and then another one.
func TestUploadTwice(t *testing.T) {
	c := newConsort(t)
	c.approveAll()
	api, part := c.at("north", 1), c.cut("north", parties.ItemSums)[1]
	one, err := upload(t.Context(), api, part)
	require.NoError(t, err)
	two, err := uploadFrom(t.Context(), api, part, 0)
	require.NoError(t, err)
	require.True(t, proto.Equal(one, two), "the same receipt")
	r := one.GetReceipt()
	require.NoError(t, identity.Verify(keyOf("beta").Public(), partypb.ReceiptContext, r.SignedBytes(), r.GetSignature()))
	require.Equal(t, part.head.GetDigest(), r.GetDigest())

	other := c.cut("north", parties.ItemSums)[1]
	_, err = uploadFrom(t.Context(), api, other, 0)
	refused(t, err, codes.AlreadyExists, "was uploaded before")
	other.head.Replace = true
	three, err := uploadFrom(t.Context(), api, other, 0)
	require.NoError(t, err)
	require.Equal(t, other.head.GetDigest(), three.GetReceipt().GetDigest())
}

// TestReplaceAfterThePhase is too late.
func TestReplaceAfterThePhase(t *testing.T) {
	c := newConsort(t)
	c.runToTraining()
	other := c.cut("north", parties.ItemSums)[0]
	other.head.Replace = true
	_, err := uploadFrom(t.Context(), c.at("north", 0), other, 0)
	refused(t, err, codes.FailedPrecondition, "cannot be replaced any more")
}

// TestUploadThatDoesNotFit sends what no part of this job is.
func TestUploadThatDoesNotFit(t *testing.T) {
	c := newConsort(t, func(_ int, c *Config) { c.Policy.Limits.PartMiB = 1 })
	c.approveAll()
	api := c.at("north", 1)
	good := c.cut("north", parties.ItemSums)[1]
	for name, try := range map[string]struct {
		change func(*sealed)
		code   codes.Code
		text   string
	}{
		"too large":           {func(p *sealed) { p.head.Length = 2 << 20 }, codes.ResourceExhausted, "limits.part_mib"},
		"nothing":             {func(p *sealed) { p.head.Length = 0 }, codes.ResourceExhausted, "of 0 bytes"},
		"longer than it says": {func(p *sealed) { p.blob = append(p.blob, p.blob...) }, codes.InvalidArgument, "were announced"},
		"of no such job":      {func(p *sealed) { p.head.JobHash = make([]byte, 32) }, codes.NotFound, "is not on this server"},
		"short hash":          {func(p *sealed) { p.head.JobHash = []byte{1} }, codes.InvalidArgument, "job hash of 1 bytes"},
		"of another owner":    {func(p *sealed) { p.head.Item.Owner = "south" }, codes.PermissionDenied, "owner north is not owner \"south\""},
		"not in the job":      {func(p *sealed) { p.head.Item.What = "secrets" }, codes.InvalidArgument, "needs no secrets"},
		"no split":            {func(p *sealed) { p.head.Split = nil }, codes.InvalidArgument, "split of 0"},
		"flipped bit":         {func(p *sealed) { p.blob[len(p.blob)/2] ^= 4 }, codes.DataLoss, "send it again from the start"},
		"flipped and signed":  {func(p *sealed) { p.blob[len(p.blob)-1] ^= 1; p.redigest() }, codes.InvalidArgument, "sealed data does not open"},
		"for another server":  {func(p *sealed) { *p = c.cut("north", parties.ItemSums)[2] }, codes.InvalidArgument, "sealed data does not open"},
		"for another job":     {func(p *sealed) { *p = c.sealedFor("another job") }, codes.InvalidArgument, "sealed data does not open"},
		"another split":       {func(p *sealed) { p.head.Split[0] ^= 1 }, codes.InvalidArgument, "sealed data does not open"},
		"no part":             {func(p *sealed) { *p = c.seal(1, sumsOfNorth, p.head.Split, []byte("what is this")) }, codes.InvalidArgument, "packed part"},
		"cut short":           {func(p *sealed) { p.blob = p.blob[:len(p.blob)/2]; p.head.Length /= 2; p.redigest() }, codes.InvalidArgument, "does not open"},
	} {
		t.Run(name, func(t *testing.T) {
			p := sealed{proto.Clone(good.head).(*partypb.UploadHead), bytes.Clone(good.blob)}
			try.change(&p)
			_, err := uploadFrom(t.Context(), api, p, 0)
			refused(t, err, try.code, try.text)
			state, err := api.UploadState(t.Context(), &partypb.UploadStateRequest{JobHash: c.hash, Item: itemMessage(sumsOfNorth)})
			require.NoError(t, err)
			require.False(t, state.GetComplete())
		})
	}
	_, err := uploadFrom(t.Context(), api, good, 0)
	require.NoError(t, err, "and after all this, the right one")
}

// redigest makes the digest that of the bytes.
func (p *sealed) redigest() {
	d := sha256.Sum256(p.blob)
	p.head.Digest = d[:]
}

// sealedFor is a part that was sealed for another job.
func (c *consort) sealedFor(job string) sealed {
	own := c.hash
	other := sha256.Sum256([]byte(job))
	c.hash = other[:]
	p := c.seal(1, sumsOfNorth, make([]byte, partypb.SplitSize), []byte("x"))
	c.hash, p.head.JobHash = own, own
	return p
}

// TestUploadBeforeApproval comes before the server's operator has agreed.
func TestUploadBeforeApproval(t *testing.T) {
	c := newConsort(t)
	c.approve("north", "alpha")
	p := c.cut("north", parties.ItemSums)
	_, err := uploadFrom(t.Context(), c.at("north", 1), p[1], 0)
	refused(t, err, codes.FailedPrecondition, "server 1 has not approved")
	_, err = uploadFrom(t.Context(), c.at("north", 0), p[0], 0)
	require.NoError(t, err)
}

// TestTruncatedUploadGoesOn breaks an upload off and resumes it.
func TestTruncatedUploadGoesOn(t *testing.T) {
	c := newConsort(t)
	c.approveAll()
	api := c.at("north", 0)
	p := c.seal(0, sumsOfNorth, make([]byte, partypb.SplitSize), make([]byte, 3<<20))
	st, err := api.Upload(t.Context())
	require.NoError(t, err)
	require.NoError(t, st.Send(&partypb.UploadRequest{Message: &partypb.UploadRequest_Head{Head: p.head}}))
	require.NoError(t, st.Send(&partypb.UploadRequest{Message: &partypb.UploadRequest_Chunk{Chunk: &partypb.Chunk{Data: p.blob[:1<<20]}}}))
	_, err = st.CloseAndRecv()
	refused(t, err, codes.Aborted, "ended after 1048576 bytes")
	_, err = uploadFrom(t.Context(), api, p, 2<<20)
	refused(t, err, codes.Aborted, "want offset 1048576")
	state, err := api.UploadState(t.Context(), &partypb.UploadStateRequest{JobHash: c.hash, Item: itemMessage(sumsOfNorth)})
	require.NoError(t, err)
	require.EqualValues(t, 1<<20, state.GetOffset())
	require.Equal(t, p.head.GetDigest(), state.GetHead().GetDigest())
	_, err = upload(t.Context(), api, p)
	refused(t, err, codes.InvalidArgument, "packed part") // it came whole, and is no part
}

// TestUploadsAreBounded opens more than the policy allows: the server says that this
// passes.
func TestUploadsAreBounded(t *testing.T) {
	c := newConsort(t, func(_ int, c *Config) { c.Policy.Limits.Uploads = 1 })
	c.approveAll()
	p := c.cut("north", parties.ItemSums)[0]
	st, err := c.at("north", 0).Upload(t.Context())
	require.NoError(t, err)
	require.NoError(t, st.Send(&partypb.UploadRequest{Message: &partypb.UploadRequest_Head{Head: p.head}}))
	require.Eventually(t, func() bool {
		other, err := c.at("south", 0).Upload(t.Context())
		require.NoError(t, err)
		_, err = other.CloseAndRecv()
		return status.Code(err) == codes.ResourceExhausted && len(other.Trailer().Get(partypb.RetryAfter)) == 1
	}, long, tick)
}
