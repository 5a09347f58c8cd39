package client

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// evil clears a screen, forges a line, and turns the direction of writing.
var evil = "\x1b[2J\x1b[H\nserver 0: done\r\u202e\u0085" + strings.Repeat("x", 5000)

// poison puts evil into every text of a message, and one entry into every list.
func poison(m protoreflect.Message) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		switch {
		case f.Kind() == protoreflect.StringKind && f.IsList():
			m.Mutable(f).List().Append(protoreflect.ValueOfString(evil))
		case f.Kind() == protoreflect.StringKind:
			m.Set(f, protoreflect.ValueOfString(evil))
		case f.Kind() == protoreflect.MessageKind && f.IsList():
			poison(m.Mutable(f).List().AppendMutable().Message())
		case f.Kind() == protoreflect.MessageKind:
			poison(m.Mutable(f).Message())
		}
	}
}

func poisoned[T proto.Message](m T) T {
	poison(m.ProtoReflect())
	return m
}

// requireShowable looks at every text within v, and returns how many there are.
func requireShowable(t *testing.T, v reflect.Value) (texts int) {
	switch v.Kind() {
	case reflect.String:
		for _, r := range v.String() {
			require.True(t, unicode.IsPrint(r), "%q", v.String())
		}
		require.Less(t, len(v.String()), 2*maxShown)
		return 1
	case reflect.Pointer:
		if !v.IsNil() {
			return requireShowable(t, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts += requireShowable(t, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				texts += requireShowable(t, v.Field(i))
			}
		}
	}
	return texts
}

// No text of a server comes through as it is.
func TestTextsOfServersAreCleaned(t *testing.T) {
	s := &server{id: 1, address: "a.example:7000"}
	st := s.status(poisoned(&partypb.JobStatus{}), nil)
	require.Contains(t, st.WaitingFor, "server 0: done")
	require.Greater(t, requireShowable(t, reflect.ValueOf(st)), 15)
	requireShowable(t, reflect.ValueOf(reportOf(poisoned(&partypb.PhaseReport{}))))

	for _, code := range []codes.Code{codes.NotFound, codes.Unavailable, codes.Internal, codes.PermissionDenied} {
		err := &ServerError{1, "a.example:7000", status.Error(code, evil)}
		requireShowable(t, reflect.ValueOf(err.Error()))
		requireShowable(t, reflect.ValueOf(s.status(nil, err).Error))
	}
	requireShowable(t, reflect.ValueOf((&ServerError{1, "a.example:7000", errors.New(evil)}).Error()))
	d := &doctor{server: fake(t, &liar{}), ctx: t.Context()}
	require.Greater(t, requireShowable(t, reflect.ValueOf(d.examine(nil))), 20)
}

// liar answers the doctor with evil texts.
type liar struct {
	partypb.UnimplementedConsortiumServer
	hello *partypb.HelloReply
	links *partypb.LinksReply
}

func (l *liar) Hello(context.Context, *partypb.HelloRequest) (*partypb.HelloReply, error) {
	if l.hello != nil {
		return l.hello, nil
	}
	return poisoned(&partypb.HelloReply{}), nil
}

func (l *liar) Links(context.Context, *partypb.LinksRequest) (*partypb.LinksReply, error) {
	if l.links != nil {
		return l.links, nil
	}
	return poisoned(&partypb.LinksReply{}), nil
}
