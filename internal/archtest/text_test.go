package archtest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTextRules(t *testing.T) {
	tests := []struct {
		name, line string
		want       []string
	}{
		{"clean", "see docs/architecture.md and https://example.org/root/x", nil},
		{"machine path", `open("/root/data.csv")`, []string{`a.md:2: machine path: "/root/d`}},
		{"registry", "set it to goproxy.example", []string{"a.md:2: registry host: goproxy."}},
		{"open end", "// TODO: later", []string{"a.md:2: open end: TODO"}},
		{"open end with its issue", "// TODO(#12): later", nil},
		{"carriage return", "line\r", []string{"a.md:2: carriage return: "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, v := range CheckText([]Text{{"a.md", []byte("first\n" + tt.line + "\nlast\n")}}, TextRules) {
				got = append(got, v.Where+": "+v.What)
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestTextRuleSkipsItsFiles(t *testing.T) {
	require.Empty(t, CheckText([]Text{{"internal/archtest/text.go", []byte("TODO")}}, TextRules))
	require.Len(t, CheckText([]Text{{"internal/archtest/load.go", []byte("TODO")}}, TextRules), 1)
}
