package identity

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// holder is what a careless struct looks like: fmt does not call the methods of
// unexported fields.
type holder struct {
	Key Key
	key Key
}

// marked is an identity whose seed and derived key are easy to find.
func marked() (k Key, marks []string) {
	k = FromSeed([SeedSize]byte(bytes.Repeat([]byte{0xa7, 0x5e, 0xc3, 0x91}, 8)))
	for _, secret := range [][]byte{(*k.box).seed[:4], k.Private().Seed()[:4], derive((*k.box).seed, sealLabel)[:4]} {
		decimal := strings.Trim(fmt.Sprint(secret), "[]")
		marks = append(marks, string(secret), hex.EncodeToString(secret), strings.ToUpper(hex.EncodeToString(secret)),
			decimal, strings.ReplaceAll(decimal, " ", ","), base64.StdEncoding.EncodeToString(secret)[:5], fmt.Sprintf("%#v", secret)[7:28])
	}
	return k, marks
}

func requireHidden(t *testing.T, text string, marks []string) {
	t.Helper()
	for _, m := range marks {
		require.NotContains(t, text, m)
	}
}

func TestKeyPrintsAsSecret(t *testing.T) {
	k, marks := marked()
	h := holder{k, k}
	for _, v := range []any{k, &k, h, &h, []Key{k}, map[string]*holder{"k": &h}, [1]holder{h}} {
		for _, verb := range "vTtbcdoOqxXUeEfFgGsw" {
			for _, flags := range []string{"", "+", "#", "-", " ", "0", "20", ".3", "+#20.4"} {
				requireHidden(t, fmt.Sprintf("%"+flags+string(verb), v), marks)
			}
		}
		var text, object bytes.Buffer
		slog.New(slog.NewTextHandler(&text, nil)).Info("m", "v", v, slog.Group("g", "v", v))
		slog.New(slog.NewJSONHandler(&object, nil)).Info("m", "v", v, slog.Group("g", "v", v))
		requireHidden(t, text.String()+object.String(), marks)
	}
	require.Equal(t, "[secret]", fmt.Sprint(k))
	require.Equal(t, "[secret]", fmt.Sprintf("%#v", k))
	requireHidden(t, fmt.Errorf("wrong: %v", k).Error(), marks)
}

func TestKeyMarshalsAsAnError(t *testing.T) {
	k, marks := marked()
	for _, v := range []any{k, &k, holder{Key: k}, []Key{k}, map[string]Key{"k": k}} {
		var out bytes.Buffer
		require.ErrorContains(t, json.NewEncoder(&out).Encode(v), ErrSecret.Error())
		require.ErrorContains(t, gob.NewEncoder(&out).Encode(v), ErrSecret.Error())
		requireHidden(t, out.String(), marks)
	}
	for _, f := range []func() ([]byte, error){k.MarshalJSON, k.MarshalText, k.MarshalBinary, k.GobEncode} {
		b, err := f()
		require.Nil(t, b)
		require.Equal(t, ErrSecret, err)
	}
}

// TestMarksAreFound shows that the search can fail.
func TestMarksAreFound(t *testing.T) {
	k, marks := marked()
	found := func(s string) bool {
		for _, m := range marks {
			if strings.Contains(s, m) {
				return true
			}
		}
		return false
	}
	s := **k.box
	for _, text := range []string{
		fmt.Sprint(s), fmt.Sprintf("%x", s.seed), fmt.Sprintf("%X", s.seed), fmt.Sprintf("%#v", s.seed[:]),
		string(s.sign), string(k.text()),
	} {
		require.True(t, found(text), "%q", text)
	}
	require.False(t, found("nothing of them"))
}
