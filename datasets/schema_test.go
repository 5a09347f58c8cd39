package datasets_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trefoil-ml/trefoil/datasets"
)

func schema(target string, features ...string) datasets.Schema {
	return datasets.Schema{Features: features, Target: target}
}

func TestCompare(t *testing.T) {
	abc := schema("y", "a", "b", "c")
	require.NoError(t, datasets.Compare(abc, schema("y", "a", "b", "c"), "north", "south"))
	for _, c := range []struct {
		b        datasets.Schema
		position int
		want     string
	}{
		{schema("z", "b"), 0, `the target of north is "y", of south "z" (give both the same name)`},
		{schema("y", "a", "c", "b"), 2, `feature 2 is "b" at north and "c" at south; only the order differs (put the columns of south in the order of north)`},
		{schema("y", "a", "c"), 2, `south lacks feature 2 of north, "b" (add it to south or remove it from north)`},
		{schema("y", "a", "b"), 3, `south lacks feature 3 of north, "c" (add it to south or remove it from north)`},
		{schema("y", "a", "x", "b", "c"), 2, `north lacks feature 2 of south, "x" (remove it from south or add it to north)`},
		{schema("y", "a", "b", "c", "x"), 4, `north lacks feature 4 of south, "x" (remove it from south or add it to north)`},
		{schema("y", "a", "B", "c"), 2, `south lacks feature 2 of north, "b", and north lacks feature 2 of south, "B" (give the same columns the same names, in the same order)`},
		{schema("y", "b", "a", "d"), 1, `south lacks feature 3 of north, "c", and north lacks feature 3 of south, "d" (give the same columns the same names, in the same order)`},
		{schema("y", "a", "b", "c", "c"), 4, `feature 4 is missing at north and "c" at south (put the columns of south in the order of north)`},
		{schema("y"), 1, `south lacks feature 1 of north, "a" (add it to south or remove it from north)`},
	} {
		err := datasets.Compare(abc, c.b, "north", "south")
		require.EqualError(t, err, "north and south have different columns: "+c.want)
		var e *datasets.SchemaError
		require.ErrorAs(t, err, &e)
		require.Equal(t, c.position, e.Position)
	}
}

func TestCanonicalBytes(t *testing.T) {
	require.Equal(t, "\x11trefoil-schema-v1\x02\x01a\x02bc\x01y", string(schema("y", "a", "bc").Canonical()))
	require.NotEqual(t, schema("y", "ab", "c").Canonical(), schema("y", "a", "bc").Canonical())
	require.NotEqual(t, schema("y", "a").Canonical(), schema("a", "y").Canonical())
}

// TestCompareAgreesWithCanonicalBytes: two schemas are equal for both or for
// neither.
func TestCompareAgreesWithCanonicalBytes(t *testing.T) {
	name := rapid.StringMatching(`[ab\x01]{0,2}`)
	draw := rapid.Custom(func(t *rapid.T) datasets.Schema {
		return datasets.Schema{Features: rapid.SliceOfN(name, 0, 3).Draw(t, "features"), Target: name.Draw(t, "target")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		same := string(a.Canonical()) == string(b.Canonical())
		require.Equal(t, same, datasets.Compare(a, b, "a", "b") == nil)
	})
}
