package partypb

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"
)

// TestFieldsTellListsApart draws two lists of byte strings.
func TestFieldsTellListsApart(t *testing.T) {
	lists := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 3), 1, 4)
	rapid.Check(t, func(t *rapid.T) {
		a, b := lists.Draw(t, "a"), lists.Draw(t, "b")
		same := len(a) == len(b)
		for i := 0; same && i < len(a); i++ {
			same = string(a[i]) == string(b[i])
		}
		require.Equal(t, same, string(fields(a...)) == string(fields(b...)))
	})
}

// TestReceiptSignsEveryField changes one field after another.
func TestReceiptSignsEveryField(t *testing.T) {
	r := &Receipt{JobHash: []byte{1}, Item: &Item{What: "features", Owner: "north"}, Server: 2, Digest: []byte{3}, Length: 4}
	for name, change := range map[string]func(*Receipt){
		"job":    func(r *Receipt) { r.JobHash = []byte{2} },
		"what":   func(r *Receipt) { r.Item.What = "targets" },
		"owner":  func(r *Receipt) { r.Item.Owner = "south" },
		"server": func(r *Receipt) { r.Server = 1 },
		"digest": func(r *Receipt) { r.Digest = []byte{4} },
		"length": func(r *Receipt) { r.Length = 5 },
	} {
		other := proto.Clone(r).(*Receipt)
		change(other)
		require.NotEqual(t, r.SignedBytes(), other.SignedBytes(), name)
	}
	signed := proto.Clone(r).(*Receipt)
	signed.Signature = []byte{9}
	require.Equal(t, r.SignedBytes(), signed.SignedBytes())
	require.Equal(t, 6, int(r.ProtoReflect().Descriptor().Fields().Len()), "a new field is to be signed too")
}

// TestSealedPurposesDiffer keeps parts and deliveries of one place apart.
func TestSealedPurposesDiffer(t *testing.T) {
	it := &Item{What: "model", Owner: "north"}
	require.NotEqual(t, PartAbout([]byte{1}, it, 0, []byte{2}), DeliveryAbout([]byte{1}, it, 0, []byte{2}))
	require.NotEqual(t, PartAbout([]byte{1}, it, 0, []byte{2}), PartAbout([]byte{1}, it, 1, []byte{2}))
}
