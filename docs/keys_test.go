package docs_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties"
)

// Job.md shows every key that a job can have.
func TestJobKeys(t *testing.T) {
	text, err := os.ReadFile("job.md")
	require.NoError(t, err)
	keys := keysOf(reflect.TypeFor[parties.Job]())
	require.Contains(t, keys, "min_delta")
	for _, key := range keys {
		require.True(t, regexp.MustCompile(`\b`+key+`:`).Match(text), key)
	}
}

// keysOf lists the JSON names of a type and of what it is made of.
func keysOf(of reflect.Type) (keys []string) {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keysOf(of.Elem())
	case reflect.Struct:
		for field := range of.Fields() {
			if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && name != "-" {
				keys = append(append(keys, name), keysOf(field.Type)...)
			}
		}
	}
	return keys
}
