//go:build !trefoildebug

package prg

// usedNames remembers nothing: see the trefoildebug build.
type usedNames struct{}

func (*usedNames) add(Name) {}
