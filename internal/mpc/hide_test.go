package mpc_test

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/binary"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// marks are the words of which the tests below make everything secret; see
// marked.
var marks = [3]uint64{0x9f4d3c2b1a09f8e7, 0xa5b7c9d1e3f50718, 0xc3d2e1f0a9b8c7d6}

// requireNoMark fails if one of the marks is in s in any usual notation.
func requireNoMark(t *testing.T, s string) {
	t.Helper()
	lower := strings.ToLower(s)
	for _, m := range marks {
		var little, big [8]byte
		binary.LittleEndian.PutUint64(little[:], m)
		binary.BigEndian.PutUint64(big[:], m)
		for _, spelt := range []string{
			strconv.FormatUint(m, 10), strconv.FormatInt(int64(m), 10), strconv.FormatUint(m, 16), strconv.FormatUint(m, 8),
			strconv.FormatUint(m, 2), hex.EncodeToString(little[:]), strconv.FormatUint(m, 36),
		} {
			require.NotContains(t, lower, spelt)
		}
		for _, raw := range []string{string(little[:]), string(big[:]), base64.StdEncoding.EncodeToString(little[:6])} {
			require.NotContains(t, s, raw)
		}
	}
}

// hidden are one value of each type that holds a secret.
type hidden struct {
	Arith    mpc.Arith
	Bits     mpc.Bits
	Product  mpc.Product
	Part     mpc.Part
	Delivery mpc.Delivery
}

// unexported is what a careless struct looks like: fmt does not call the methods
// of unexported fields.
type unexported struct {
	arith    mpc.Arith
	bits     mpc.Bits
	product  mpc.Product
	part     mpc.Part
	delivery mpc.Delivery
}

// each returns the values one by one.
func (h hidden) each() map[string]any {
	return map[string]any{"Arith": h.Arith, "Bits": h.Bits, "Product": h.Product, "Part": h.Part, "Delivery": h.Delivery}
}

// containers wrap v in what fmt and the encoders walk through.
func containers(v any) map[string]any {
	return map[string]any{
		"itself":            v,
		"pointer":           &v,
		"slice":             []any{v, v},
		"array":             [1]any{v},
		"map":               map[string]any{"k": v},
		"map key":           map[any]int{v: 1},
		"struct":            struct{ X any }{v},
		"struct of structs": struct{ S []struct{ X any } }{[]struct{ X any }{{v}}},
		"pointer to struct": &struct{ X any }{v},
	}
}

// withSecrets calls f on one server with values made of the marks.
func withSecrets(t *testing.T, f func(p *mpc.Party, h hidden)) {
	t.Helper()
	seeds := bytes.NewReader(bytes.Repeat(binary.LittleEndian.AppendUint64(nil, marks[0]), 4))
	parts, err := mpc.Split(constant(3, marks[1]), seeds)
	require.NoError(t, err)
	mpctest.Run3(t, mpc.Options{}, func(p *mpc.Party) error {
		v := marked(3).take(p)
		h := hidden{v.x, v.b, p.AsProduct(v.x), parts[p.Server()], p.Deliver(v.x, mpctest.OwnerPermit())}
		if p.Server() == 1 {
			own, next := h.Delivery.Words()
			copy(own, marks[:])
			copy(next, marks[:])
			f(p, h)
		}
		return nil
	})
}

// TestPrintsAsSecret prints every type that holds secrets, alone and inside
// other values, with every verb and flag.
func TestPrintsAsSecret(t *testing.T) {
	withSecrets(t, func(p *mpc.Party, h hidden) {
		for name, v := range h.each() {
			for _, verb := range "vTtbcdoOqxXUeEfFgGsw" {
				for _, flags := range []string{"", "+", "#", "-", " ", "0", "20", ".3", "+#20.4"} {
					format := "%" + flags + string(verb)
					for inside, c := range containers(v) {
						got := fmt.Sprintf(format, c)
						requireNoMark(t, got)
						if inside == "itself" && verb != 'T' && verb != 'w' { // fmt writes %T itself and rejects %w
							require.Equal(t, mpc.Hidden, got, "%s with %s", name, format)
						}
					}
				}
			}
			require.Equal(t, "a [secret] b\n", fmt.Sprintln("a", v, "b"))
			require.Equal(t, mpc.Hidden, fmt.Sprint(v))
			requireNoMark(t, fmt.Sprintf("%p %d", v, v))
			requireNoMark(t, fmt.Errorf("wrong: %w", fmt.Errorf("%v and %d", v, v)).Error())
		}
		u := unexported{h.Arith, h.Bits, h.Product, h.Part, h.Delivery}
		for _, careless := range []any{u, &u, []unexported{u}, map[string]*unexported{"k": &u}, p, *p, struct{ p *mpc.Party }{p}} {
			for _, format := range []string{"%v", "%+v", "%#v", "%x", "%s", "%d"} {
				requireNoMark(t, fmt.Sprintf(format, careless))
			}
		}
	})
}

// TestMarshalsAsAnError encodes them with every encoder of the standard library.
func TestMarshalsAsAnError(t *testing.T) {
	withSecrets(t, func(_ *mpc.Party, h hidden) {
		for name, v := range h.each() {
			_, err := v.(json.Marshaler).MarshalJSON()
			require.Equal(t, mpc.ErrSecret, err)
			_, err = v.(encoding.TextMarshaler).MarshalText()
			require.Equal(t, mpc.ErrSecret, err)
			_, err = v.(encoding.BinaryMarshaler).MarshalBinary()
			require.Equal(t, mpc.ErrSecret, err)
			_, err = v.(gob.GobEncoder).GobEncode()
			require.Equal(t, mpc.ErrSecret, err)

			for inside, c := range containers(v) {
				if inside == "map key" {
					c = map[mpc.Arith]int{h.Arith: 1}
				}
				var out bytes.Buffer
				require.ErrorContains(t, json.NewEncoder(&out).Encode(c), mpc.ErrSecret.Error(), "%s, %s", name, inside)
				require.Error(t, gob.NewEncoder(&out).Encode(c), "%s, %s", name, inside)
				require.Error(t, binary.Write(&out, binary.LittleEndian, c), "%s, %s", name, inside)
				_ = xml.NewEncoder(&out).Encode(c)                                                       // refuses some of them, writes nothing of others
				_ = template.Must(template.New("").Parse("{{.}} {{print .}} {{js .}}")).Execute(&out, c) // prints
				requireNoMark(t, out.String())
			}
		}
		careless := unexported{h.Arith, h.Bits, h.Product, h.Part, h.Delivery}
		text, err := json.Marshal(careless) //lint:ignore SA9005 that it has nothing to say is the point
		require.NoError(t, err)
		require.Equal(t, "{}", string(text))
	})
}

// TestGobOfTypedValues encodes the types by name: gob looks at the type, not at
// an interface's value.
func TestGobOfTypedValues(t *testing.T) {
	withSecrets(t, func(_ *mpc.Party, h hidden) {
		for _, v := range []any{h, &h, h.Arith, []mpc.Bits{h.Bits}, map[string]mpc.Part{"k": h.Part}, struct{ D *mpc.Delivery }{&h.Delivery}} {
			var out bytes.Buffer
			require.ErrorContains(t, gob.NewEncoder(&out).Encode(v), mpc.ErrSecret.Error())
			requireNoMark(t, out.String())
		}
	})
}

// TestLogsAsSecret logs them with the two handlers of slog.
func TestLogsAsSecret(t *testing.T) {
	withSecrets(t, func(p *mpc.Party, h hidden) {
		var text, object bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewTextHandler(&text, nil), slog.NewJSONHandler(&object, nil)} {
			log := slog.New(handler)
			for _, v := range h.each() {
				log.Info("share", "x", v, slog.Group("g", "x", v))
				for _, c := range containers(v) {
					log.Info("inside", "c", c)
				}
			}
			log.Info("all", "h", h, "pointer", &h, "party", p, "careless", unexported{arith: h.Arith, part: h.Part})
		}
		requireNoMark(t, text.String())
		requireNoMark(t, object.String())
		require.Contains(t, text.String(), "msg=share x=[secret] g.x=[secret]")
		require.Contains(t, object.String(), `"msg":"share","x":"[secret]","g":{"x":"[secret]"}`)
	})
}

// TestMarksAreFound shows that the search can fail.
func TestMarksAreFound(t *testing.T) {
	found := func(s string) bool {
		probe := new(testing.T)
		done := make(chan struct{})
		go func() {
			defer close(done)
			requireNoMark(probe, s)
		}()
		<-done
		return probe.Failed()
	}
	words := []uint64{1, marks[1]}
	require.True(t, found(fmt.Sprint(words)))
	require.True(t, found(fmt.Sprintf("%x", words)))
	require.True(t, found(fmt.Sprintf("%#v", struct{ x []uint64 }{words})))
	require.True(t, found(fmt.Sprint(int64(marks[2]))))
	require.True(t, found(string(binary.LittleEndian.AppendUint64(nil, marks[0]))))
	require.False(t, found("nothing of them"))
}
