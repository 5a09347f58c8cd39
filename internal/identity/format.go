package identity

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// The key file is text:
//
//	trefoil private key, version 1
//	# a comment
//	public: ed25519:…
//	seed: …
//
// The public key is there for the reader, and to find a damaged seed.
const (
	fileTitle   = "trefoil private key, version "
	fileVersion = "1"
	fileComment = "# Whoever has this file can act in your name and open what is sealed to you.\n" +
		"# Keep it at mode 0600 and keep a copy offline. Give others the public key only.\n"
)

func (k Key) text() []byte {
	seed := (*k.box).seed
	return fmt.Appendf(nil, "%s%s\n%spublic: %s\nseed: %s\n", fileTitle, fileVersion, fileComment,
		k.Fingerprint(), base64.RawURLEncoding.EncodeToString(seed[:]))
}

// parse reads a key file. Its errors quote the title and the public key at most.
func parse(data []byte) (Key, error) {
	if len(data) > maxFile {
		return Key{}, fmt.Errorf("longer than %d bytes, so not a key file", maxFile)
	}
	title, body, ok := bytes.Cut(data, []byte("\n"))
	version, known := strings.CutPrefix(string(title), fileTitle)
	switch {
	case !ok || !known:
		return Key{}, fmt.Errorf("the first line is not %q: not a key file, or cut short", fileTitle+fileVersion)
	case version != fileVersion:
		return Key{}, fmt.Errorf("version %q of the file, this program reads version %s: use the program that wrote it", version, fileVersion)
	}
	fields, err := parseFields(body)
	if err != nil {
		return Key{}, err
	}
	seed, err := decode32(fields["seed"])
	if err != nil {
		return Key{}, fmt.Errorf("the seed is damaged (%w): use your copy of the file", err)
	}
	k := FromSeed(seed)
	if fields["public"] != k.Fingerprint() {
		return Key{}, errors.New("the seed is not that of the public key, so one of them is damaged: use your copy of the file")
	}
	return k, nil
}

// parseFields reads the lines "name: value" after the title; each name must be
// there once, and no other.
func parseFields(body []byte) (map[string]string, error) {
	fields := map[string]string{}
	for i, line := range strings.SplitAfter(string(body), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, ": ")
		_, twice := fields[name]
		if name != "public" && name != "seed" || !ok || twice {
			return nil, fmt.Errorf("line %d is not one of public and seed, once each", i+2)
		}
		if fields[name], ok = strings.CutSuffix(value, "\n"); !ok {
			return nil, fmt.Errorf("line %d does not end: the file was cut short; use your copy of it", i+2)
		}
	}
	if len(fields) != 2 {
		return nil, errors.New("public or seed is missing: the file was cut short; use your copy of it")
	}
	return fields, nil
}
