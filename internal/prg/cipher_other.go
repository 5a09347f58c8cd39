//go:build !amd64 || purego

package prg

// bestLevel is the fastest that this build has.
func bestLevel() level { return generic }

// cipher is a key at level generic.
type cipher struct {
	library
	level level
}

func newCipher(key [keySize]byte, l level) (cipher, error) {
	if l > generic {
		return cipher{}, &levelError{l, generic}
	}
	lib, err := newLibrary(key)
	return cipher{lib, l}, err
}
