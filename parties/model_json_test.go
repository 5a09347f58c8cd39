package parties

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every field of the file of a network is in the document from which other programs
// read it.
func TestDocsModelFile(t *testing.T) {
	page := string(read(t, "..", "docs", "models.md"))
	for _, part := range []reflect.Type{reflect.TypeFor[networkJSON](), reflect.TypeFor[paramJSON]()} {
		for _, key := range keysOf(part) {
			require.Contains(t, page, "`"+key.name+"`")
		}
	}
}
