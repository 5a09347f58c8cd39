package parties

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// checkOrigin refuses a folder whose files, one of which is named, have names of an
// output and are none: others write a model.json, too. An output has a result.json,
// which holds the model of model.json.
func checkOrigin(dir, name string) error {
	refuse := func(format string, args ...any) error {
		return &OutputError{Dir: dir, Msg: fmt.Sprintf(format, args...)}
	}
	var result struct{ Model json.RawMessage }
	text, err := os.ReadFile(filepath.Join(dir, FileResult))
	switch {
	case os.IsNotExist(err):
		return refuse("holds %s and no %s, so no run wrote it", name, FileResult)
	case err != nil:
		return refuse("%s cannot be read: %v", FileResult, cause(err))
	case json.Unmarshal(text, &result) != nil || result.Model == nil:
		return refuse("holds a %s that no run wrote", FileResult)
	}
	model, err := os.ReadFile(filepath.Join(dir, FileModel))
	switch {
	case os.IsNotExist(err):
		return nil
	case err != nil:
		return refuse("%s cannot be read: %v", FileModel, cause(err))
	case !sameJSON(model, result.Model):
		return refuse("holds a %s that is not the model of its %s", FileModel, FileResult)
	}
	return nil
}

// sameJSON tells whether two texts are the same JSON but for space.
func sameJSON(a, b []byte) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}
