package blueprint

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Option is one option of a kind of layer: a number, or a word that stands for
// its place in Words.
type Option struct {
	Name     string
	Required bool
	Default  float64 // if it is not given
	Like     string  // or the value of this option, if it is set
	Whole    bool
	Min, Max float64 // both allowed
	Words    []string
	Switch   bool // 1 stands for true, 0 for false; written only where it is not the default
}

// Check returns an error unless v is allowed.
func (o Option) Check(v float64) error {
	whole := o.Whole || len(o.Words) > 0
	if v >= o.Min && v <= o.Max && (!whole || v == math.Trunc(v)) {
		return nil
	}
	kind := "a number"
	if whole {
		kind = "a whole number"
	}
	return fmt.Errorf("%s is %v, want %s from %s to %s", o.Name, v, kind, plainly(o.Min), plainly(o.Max))
}

func plainly(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// Parse returns the number that a word stands for.
func (o Option) Parse(word string) (float64, error) {
	if i := slices.Index(o.Words, word); i >= 0 {
		return float64(i), nil
	}
	return 0, fmt.Errorf("%s is %q, which is unknown", o.Name, word)
}

// text writes a value as JSON.
func (o Option) text(v float64) string {
	if o.Switch {
		return strconv.FormatBool(v != 0)
	}
	if len(o.Words) > 0 {
		return strconv.Quote(o.Words[int(v)])
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

func whole(name string, least, most int) Option {
	return Option{Name: name, Whole: true, Min: float64(least), Max: float64(most)}
}

func (o Option) required() Option { o.Required = true; return o }

func (o Option) or(v float64) Option { o.Default = v; return o }

func (o Option) like(other string) Option { o.Like = other; return o }
