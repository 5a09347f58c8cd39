package tensor_test

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/tensor"
	"github.com/trefoil-ml/trefoil/tensor/tensortest"
)

// hiddenWord is what the tensors of these tests hold in the clear: the clear
// engine keeps it as it is, and server 0 the share (hiddenWord, 0, 0).
const hiddenWord = 0x5ec2e7_1337

// hidden returns one value of each type that must not show what it holds.
func hidden(s *tensor.Session) map[string]any {
	x := s.Constant(tensor.NewDense([]float64{hiddenWord, hiddenWord}, 2, 1), 0)
	bits := x.Negative().Not()
	_, winner := tensor.MaxOf(x, x.Neg())
	return map[string]any{"Winner": winner, "Secret": x, "lazy Secret": x.Mul(x), "SecretBits": bits, "Delivery": s.Deliver(x, tensortest.OwnerPermit())}
}

// forEachHidden calls check with every hidden value of both engines, and with
// the session that they belong to.
func forEachHidden(t *testing.T, check func(t *testing.T, s *tensor.Session, v any)) {
	t.Helper()
	for engine, run := range map[string]func(tensortest.Program) tensortest.Result{
		"clear": func(p tensortest.Program) tensortest.Result { return tensortest.Clear(t, tensortest.Options{}, p) },
		"rss3":  func(p tensortest.Program) tensortest.Result { return tensortest.Secure(t, tensortest.Options{}, p) },
	} {
		r := run(func(s *tensor.Session, _ []tensor.Secret) ([]tensor.Secret, error) {
			all := hidden(s)
			if s.Server() > 0 {
				return nil, nil
			}
			for name, v := range all {
				t.Run(engine+"/"+name, func(t *testing.T) { check(t, s, v) })
			}
			return nil, nil
		})
		require.NoError(t, r.Err)
	}
}

// shows reports whether text has the hidden word in any notation.
func shows(text string) bool {
	for _, base := range []int{2, 8, 10, 16} {
		if regexp.MustCompile("(?i)" + strconv.FormatUint(hiddenWord, base)).MatchString(text) {
			return true
		}
	}
	little := []byte{0x37, 0x13, 0xe7, 0xc2, 0x5e}
	big := []byte{0x5e, 0xc2, 0xe7, 0x13, 0x37}
	return bytes.Contains([]byte(text), little) || bytes.Contains([]byte(text), big)
}

var verbs = []string{
	"%v", "%+v", "%#v", "%s", "%+s", "%#s", "%d", "%x", "%X", "%#x", "% x", "%q", "%+q", "%b", "%o", "%O", "%c", "%U",
	"%e", "%g", "%f", "%10.3f", "%t", "%5v", "%-40v", "%08d", "%w", "%!", "%p", "%#p", "%T",
}

type (
	exportedField struct {
		Name  string
		Field any
	}
	embeddedSecret  struct{ tensor.Secret }
	unexportedField struct {
		name   string
		field  any
		nested struct{ inner []any }
	}
)

// Every verb prints [secret] for the value, and for a pointer, slice, map or
// struct that shows it.
func TestFormattingShowsNothing(t *testing.T) {
	forEachHidden(t, func(t *testing.T, _ *tensor.Session, v any) {
		for _, verb := range verbs {
			for _, holder := range []any{v, &v, []any{v}, [1]any{v}, map[string]any{"k": v}, exportedField{"n", v}, &exportedField{"n", v}} {
				text := fmt.Sprintf(verb, holder)
				require.False(t, shows(text), "%s of %T: %s", verb, holder, text)
			}
			if !slices.Contains([]string{"%w", "%!", "%p", "%#p", "%T"}, verb) { // fmt asks no method for those
				require.Equal(t, "[secret]", fmt.Sprintf(verb, v), verb)
			}
		}
		for _, holder := range []any{[]any{v}, map[string]any{"k": v}, exportedField{"n", v}, &exportedField{"n", v}} {
			require.Contains(t, fmt.Sprintf("%+v", holder), "[secret]")
		}
		require.Equal(t, "[secret] [secret]", fmt.Sprint(v, v))
		require.Equal(t, "got [secret]", fmt.Errorf("got %w", fmt.Errorf("%v", v)).Error())
	})
}

// fmt cannot call the methods of what stands in an unexported field. It then
// prints an address, for it follows one pointer at the most.
func TestUnexportedFieldsShowNothing(t *testing.T) {
	forEachHidden(t, func(t *testing.T, s *tensor.Session, v any) {
		holder := unexportedField{name: "n", field: v}
		holder.nested.inner = []any{v, &v}
		var embedded any = exportedField{"n", v}
		if x, ok := v.(tensor.Secret); ok {
			embedded = embeddedSecret{x}
			require.Equal(t, "[secret]", fmt.Sprintf("%+v", embedded))
		}
		for _, verb := range verbs {
			for _, h := range []any{holder, &holder, &[]any{holder}, embedded, &embedded, s, &s, *s} {
				text := fmt.Sprintf(verb, h)
				require.False(t, shows(text), "%s of %T: %s", verb, h, text)
			}
		}
	})
}

// What encodes fails with ErrSecret; what logs says [secret].
func TestEncodingShowsNothing(t *testing.T) {
	forEachHidden(t, func(t *testing.T, s *tensor.Session, v any) {
		for _, holder := range []any{v, &v, []any{v}, map[string]any{"k": v}, exportedField{"n", v}, &exportedField{"n", v}} {
			text, err := json.Marshal(holder)
			require.ErrorIs(t, err, mpc.ErrSecret)
			require.Empty(t, text)
		}
		var b bytes.Buffer
		require.ErrorIs(t, gob.NewEncoder(&b).Encode(v), mpc.ErrSecret)
		require.ErrorIs(t, xml.NewEncoder(&b).Encode(v), mpc.ErrSecret)
		type marshaler interface {
			MarshalText() ([]byte, error)
			MarshalBinary() ([]byte, error)
		}
		_, err := v.(marshaler).MarshalText()
		require.ErrorIs(t, err, mpc.ErrSecret)
		_, err = v.(marshaler).MarshalBinary()
		require.ErrorIs(t, err, mpc.ErrSecret)
		text, err := json.Marshal([]any{s})
		require.NoError(t, err)
		require.Equal(t, "[{}]", string(text))
		require.Error(t, gob.NewEncoder(&b).Encode([]any{s}))
		require.False(t, shows(b.String()))
	})
}

// Logs of every kind say [secret], or that there is none to be had.
func TestLogsShowNothing(t *testing.T) {
	forEachHidden(t, func(t *testing.T, s *tensor.Session, v any) {
		var b bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
			log := slog.New(h)
			log.Info("alone", "v", v)
			log.Info("in a slice", "v", []any{v}, "group", slog.GroupValue(slog.Any("x", v)))
			log.With("x", v).Error("in a struct", "v", exportedField{"n", v}, "session", s)
			require.Contains(t, b.String(), "[secret]")
			require.False(t, shows(b.String()), b.String())
			b.Reset()
		}
	})
}

// The tests above would see the word in any of these.
func TestShownWordsAreSeen(t *testing.T) {
	for _, verb := range []string{"%d", "%x", "%X", "%b", "%o", "%#v", "%v"} {
		require.True(t, shows(fmt.Sprintf(verb, []uint64{7, hiddenWord})), verb)
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		require.True(t, shows(string(order.AppendUint64(nil, hiddenWord))))
	}
}

// The zero values hide nothing and print the same.
func TestEmptyValuesPrintTheSame(t *testing.T) {
	for _, v := range []any{tensor.Secret{}, tensor.SecretBits{}, tensor.Winner{}, tensor.Delivery{}, tensor.Part{}} {
		require.Equal(t, "[secret]", fmt.Sprintf("%#v", v))
	}
}
