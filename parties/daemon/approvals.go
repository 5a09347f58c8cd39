package daemon

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// approvalOf reads an approval as it was sent.
func approvalOf(m *partypb.Approval) parties.Approval {
	return parties.Approval{
		Party: parties.Party{Role: parties.Role(m.GetRole()), Name: m.GetName(), Key: m.GetKey()},
		Wire:  m.GetWireVersion(), SealKey: m.GetHpkeKey(), Signature: m.GetSignature(),
	}
}

func approvalMessage(a parties.Approval) *partypb.Approval {
	return &partypb.Approval{
		Role: string(a.Role), Name: a.Name, Key: a.Key,
		WireVersion: a.Wire, HpkeKey: a.SealKey, Signature: a.Signature,
	}
}

// signer is the name of an approval in the store.
func signer(p parties.Party) string { return p.String() }

// approvalsFrom reads the approvals of a job from the store. They were checked
// before they came there, by this program or by one of another version: those do
// not count.
func approvalsFrom(stored map[string][]byte, spec *parties.Job) (list []parties.Approval, err error) {
	for name, text := range stored {
		m := &partypb.Approval{}
		if err := proto.Unmarshal(text, m); err != nil {
			return nil, fmt.Errorf("approval of %s: %w", name, err)
		}
		if a := approvalOf(m); a.Verify(spec) == nil {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b parties.Approval) int { return strings.Compare(signer(a.Party), signer(b.Party)) })
	return list, nil
}

func partyMessages(list []parties.Party) (out []*partypb.Party) {
	for _, p := range list {
		out = append(out, &partypb.Party{Role: string(p.Role), Name: p.Name, Key: p.Key})
	}
	return out
}

func itemMessages(list []parties.Item) (out []*partypb.Item) {
	for _, it := range list {
		out = append(out, itemMessage(it))
	}
	return out
}

func itemMessage(it parties.Item) *partypb.Item { return &partypb.Item{What: it.What, Owner: it.Owner} }

func itemOf(m *partypb.Item) parties.Item {
	return parties.Item{What: m.GetWhat(), Owner: m.GetOwner()}
}

// itemNames joins items for a message.
func itemNames(list []parties.Item) string {
	var words []string
	for _, it := range list {
		words = append(words, fmt.Sprintf("%s of %s", it.What, it.Owner))
	}
	return strings.Join(words, ", ")
}

// partyNames joins parties for a message.
func partyNames(list []parties.Party) string {
	var words []string
	for _, p := range list {
		words = append(words, p.String())
	}
	return strings.Join(words, ", ")
}
