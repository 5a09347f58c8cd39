package parties

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/trefoil-ml/trefoil/internal/identity"
)

// WireVersion is that of all that owners and servers say to each other, and of
// the protocols between servers. Programs of different ones refuse each other.
const WireVersion = 7

// Role is what a party is in a job.
type Role string

// Roles.
const (
	RoleOwner  Role = "owner"
	RoleServer Role = "server"
)

// Party is an owner or a server of a job, by its key.
type Party struct {
	Role Role
	Name string // of the owner; of a server its id
	Key  string
}

func (p Party) String() string { return string(p.Role) + " " + p.Name }

// Parties lists the servers and the owners of a job with servers.
func (j *Job) Parties() []Party {
	var list []Party
	for _, s := range j.Servers {
		list = append(list, Party{RoleServer, strconv.Itoa(s.ID), s.Key})
	}
	for _, o := range j.Data.Owners {
		list = append(list, Party{RoleOwner, o.Name, o.Key})
	}
	return list
}

// Party returns who in the job holds a key.
func (j *Job) Party(key ed25519.PublicKey) (Party, bool) {
	text := identity.Fingerprint(key)
	for _, p := range j.Parties() {
		if p.Key == text {
			return p, true
		}
	}
	return Party{}, false
}

// Approval is a party's signature on exactly one job. It also tells everybody the
// key to which what is for this party is sealed.
type Approval struct {
	Party
	Wire      uint32 // version of the program that approved
	SealKey   []byte // HPKE public key
	Signature []byte
}

const approvalContext = "trefoil approval v1"

// Approve signs a checked job with the key of one of its parties.
func Approve(job *Job, key identity.Key) (Approval, error) {
	party, ok := job.Party(key.Public())
	if !ok {
		return Approval{}, fmt.Errorf("key %s is of no owner and no server of job %s", key.Fingerprint(), job.Name)
	}
	a := Approval{Party: party, Wire: WireVersion, SealKey: key.SealKey().Bytes()}
	a.Signature = key.Sign(approvalContext, a.message(job.Hash()))
	return a, nil
}

// message is what is signed: every field with its length.
func (a Approval) message(job [32]byte) []byte {
	var b bytes.Buffer
	for _, field := range [][]byte{job[:], binary.BigEndian.AppendUint32(nil, a.Wire), []byte(a.Role), []byte(a.Name), a.SealKey} {
		b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(field))))
		b.Write(field)
	}
	return b.Bytes()
}

// Verify reports an error unless this is the approval of exactly this job by a
// party of it, with a program of this version.
func (a Approval) Verify(job *Job) error {
	key, err := identity.ParseFingerprint(a.Key)
	if err != nil {
		return fmt.Errorf("approval of %v: %w", a.Party, err)
	}
	if party, ok := job.Party(key); !ok || party != a.Party {
		return fmt.Errorf("approval of %v with key %s: the job has no such party", a.Party, a.Key)
	}
	if err := identity.Verify(key, approvalContext, a.message(job.Hash()), a.Signature); err != nil {
		return fmt.Errorf("approval of %v: %w", a.Party, err)
	}
	if a.Wire != WireVersion {
		return fmt.Errorf("%v approved with a program of wire version %d, and this one has %d: update the older one, and approve again", a.Party, a.Wire, WireVersion)
	}
	if _, err := identity.ParseSealKey(a.SealKey); err != nil {
		return fmt.Errorf("approval of %v: %w", a.Party, err)
	}
	return nil
}

// MissingApprovals lists the parties of whom there is no approval. All approvals
// must have been verified.
func (j *Job) MissingApprovals(have []Approval) (missing []Party) {
	for _, p := range j.Parties() {
		found := false
		for _, a := range have {
			found = found || a.Party == p
		}
		if !found {
			missing = append(missing, p)
		}
	}
	return missing
}
