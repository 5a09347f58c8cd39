package prg

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// holders is everything that holds keys, alone and inside other values.
func holders(t *testing.T) map[string]any {
	k := threeServers(t, [32]byte{5})[1]
	pair, err := PairKeyFrom(material)
	require.NoError(t, err)
	return map[string]any{
		"Prev": k.Prev, "Next": k.Next, "All": k.All, "Own": k.Own, "PairKey": pair,
		"Keys": k, "*Keys": &k, "[]Prev": []Prev{k.Prev}, "map": map[string]Own{"a": k.Own},
		"any": []any{k.All, &pair}, "struct": struct{ X Next }{k.Next}, "hidden": struct{ x PairKey }{pair},
		"empty": Prev{},
	}
}

var material = []byte("0123456789abcdefghijklmnopqrstuv")

// requireNoKey looks for key material in the ways that things are printed.
func requireNoKey(t *testing.T, what, out string) {
	t.Helper()
	decimal := strings.Trim(fmt.Sprint(material[:4]), "[]")
	for _, leak := range []string{
		string(material[:8]), hex.EncodeToString(material[:4]), strings.ToUpper(hex.EncodeToString(material[:4])),
		decimal, strings.ReplaceAll(decimal, " ", ","), "0x30, 0x31", base64.StdEncoding.EncodeToString(material[:6]),
		"(0x0", "[0 0 0 0",
	} {
		require.NotContains(t, out, leak, what)
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	for name, v := range holders(t) {
		for _, verb := range "vsdxXqbocUeEfFgGtTp" {
			for _, flag := range []string{"", "+", "#", " ", "0", "-9", ".3"} {
				format := "%" + flag + string(verb)
				out := fmt.Sprintf(format, v)
				requireNoKey(t, name+" "+format, out)
			}
		}
		if name != "hidden" { // fmt calls no methods on unexported fields: it prints an address
			require.Contains(t, fmt.Sprintf("%+v", v), "[secret]", name)
		}
	}
	require.Equal(t, "[secret]", fmt.Sprint(threeServers(t, [32]byte{})[0].Prev))
	require.Equal(t, "{[secret] [secret] [secret] [secret]}", fmt.Sprint(threeServers(t, [32]byte{})[0]))
}

func TestKeysAreNotLogged(t *testing.T) {
	for name, v := range holders(t) {
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "key", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "key", v)
		requireNoKey(t, name, out.String())
	}
}

func TestKeysAreNotMarshalled(t *testing.T) {
	for name, v := range holders(t) {
		if name == "hidden" {
			continue // encoders do not look at unexported fields
		}
		_, err := json.Marshal(v)
		require.ErrorIs(t, err, ErrSecret, name)
		require.Error(t, gob.NewEncoder(new(bytes.Buffer)).Encode(v), name)
		out, err := xml.Marshal(v)
		require.Error(t, err, name)
		requireNoKey(t, name, string(out))
	}
}
