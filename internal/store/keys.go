package store

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// ID is a SHA-256: the hash of a job, the id of a session or the digest of an
// upload.
type ID [32]byte

// String returns the id in hexadecimal.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText is String.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads 64 hexadecimal digits.
func (id *ID) UnmarshalText(text []byte) error {
	if len(text) != 64 {
		return fmt.Errorf("id of %d characters, want 64", len(text))
	}
	_, err := hex.Decode(id[:], text)
	return err
}

// Item names what is uploaded or delivered: what it is and whose it is.
type Item struct {
	What  string `json:"what"`
	Owner string `json:"owner"`
}

func (it Item) String() string { return it.What + " of " + it.Owner }

// maxName is the longest name: one byte holds its length.
const maxName = 255

// key is unambiguous whatever the names hold: each comes after its length.
func (it Item) key() []byte {
	b := make([]byte, 0, 2+len(it.What)+len(it.Owner))
	b = append(append(b, byte(len(it.What))), it.What...)
	return append(append(b, byte(len(it.Owner))), it.Owner...)
}

func (it Item) check() error {
	if err := checkName("item", it.What); err != nil {
		return err
	}
	return checkName("owner", it.Owner)
}

// checkName refuses names that a key cannot hold or a message cannot show.
func checkName(what, name string) error {
	if name == "" || len(name) > maxName {
		return wrong(ErrInvalid, "%s has a name of %d bytes, want 1 to %d", what, len(name), maxName)
	}
	if !utf8.ValidString(name) {
		return wrong(ErrInvalid, "%s has the name %q, want UTF-8", what, name)
	}
	for _, r := range name {
		if unicode.IsControl(r) {
			return wrong(ErrInvalid, "%s has the name %q, want no control characters", what, name)
		}
	}
	return nil
}

// number is n as a key: keys sort as numbers do.
func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
