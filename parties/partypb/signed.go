package partypb

import "encoding/binary"

// Contexts of signatures; see Key.Sign of internal/identity.
const (
	HelloContext   = "trefoil sealing key v1" // over HelloReply.hpke_key
	ReceiptContext = "trefoil receipt v1"     // over Receipt.SignedBytes
)

// Contexts of what is sealed.
const (
	partContext     = "trefoil part v1"
	deliveryContext = "trefoil delivery v1"
)

// SplitSize is the length of UploadHead.split in bytes, and SessionSize that of a
// session's name.
const (
	SplitSize   = 16
	SessionSize = 32
)

// MaxChunk is the most bytes of an upload or a delivery in one message.
const MaxChunk = 1 << 20

// RetryAfter is the trailer of a refusal that passes by itself: the milliseconds
// after which to try again, as gRPC calls it.
const RetryAfter = "grpc-retry-pushback-ms"

// SignedBytes is what the server signs: every field but the signature, each with
// its length before it.
func (r *Receipt) SignedBytes() []byte {
	return fields(r.GetJobHash(), []byte(r.GetItem().GetWhat()), []byte(r.GetItem().GetOwner()),
		number(uint64(r.GetServer())), r.GetDigest(), number(r.GetLength()))
}

// PartAbout is what a part is sealed for: it opens for no other job, item, owner
// and server, and in no other cutting of the item.
func PartAbout(jobHash []byte, it *Item, server uint32, split []byte) []byte {
	return fields([]byte(partContext), jobHash, []byte(it.GetWhat()), []byte(it.GetOwner()), number(uint64(server)), split)
}

// DeliveryAbout is what a delivery is sealed for.
func DeliveryAbout(jobHash []byte, it *Item, server uint32, session []byte) []byte {
	return fields([]byte(deliveryContext), jobHash, []byte(it.GetWhat()), []byte(it.GetOwner()), number(uint64(server)), session)
}

// fields joins byte strings so that different lists give different bytes.
func fields(list ...[]byte) (out []byte) {
	for _, f := range list {
		out = binary.AppendUvarint(out, uint64(len(f)))
		out = append(out, f...)
	}
	return out
}

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
