package daemon

import (
	"context"
	"log/slog"
	"time"
)

// withheld stands in a log for a value of a kind that could hold a secret.
const withheld = "[withheld]"

// Guarded returns a handler that passes on only what cannot carry a secret: texts,
// numbers, times and errors. Byte strings, vectors, structures and whatever else
// is a program's data become [withheld]. So a log line that names a share or a
// message by mistake shows nothing of it.
func Guarded(next slog.Handler) slog.Handler { return guarded{next} }

type guarded struct{ next slog.Handler }

// Enabled asks the handler behind.
func (g guarded) Enabled(ctx context.Context, level slog.Level) bool {
	return g.next.Enabled(ctx, level)
}

// Handle passes on a copy of the record that is safe.
func (g guarded) Handle(ctx context.Context, r slog.Record) error {
	safe := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		safe.AddAttrs(cleaned(a))
		return true
	})
	return g.next.Handle(ctx, safe)
}

// WithAttrs keeps safe attributes for all records.
func (g guarded) WithAttrs(attrs []slog.Attr) slog.Handler {
	safe := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		safe[i] = cleaned(a)
	}
	return guarded{g.next.WithAttrs(safe)}
}

// WithGroup opens a group.
func (g guarded) WithGroup(name string) slog.Handler { return guarded{g.next.WithGroup(name)} }

// cleaned is a with its value replaced unless it is of a harmless kind.
func cleaned(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindGroup:
		var attrs []slog.Attr
		for _, inner := range v.Group() {
			attrs = append(attrs, cleaned(inner))
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(attrs...)}
	case slog.KindAny:
		return slog.String(a.Key, textOf(v.Any()))
	}
	return slog.Attr{Key: a.Key, Value: v}
}

// textOf is the text of an error or a time, and nothing of anything else.
func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case error:
		return v.Error()
	case time.Time:
		return v.Format(time.RFC3339Nano)
	}
	return withheld
}
