package main

import (
	"fmt"

	"github.com/trefoil-ml/trefoil/parties/client"
)

// keygenCommand makes a party's key.
type keygenCommand struct {
	Name string `arg:"" help:"Who the key is for, such as hospital-a: NAME.key and NAME.pub are written."`
	Show bool   `help:"Make nothing; print the fingerprint of NAME.key."`
}

// Help is printed below the flags.
func (keygenCommand) Help() string {
	return `Every owner and every server has one key. It proves who is at the other end of a connection, signs approvals, and opens what is sealed for its holder. There is no authority and no expiry: the job file lists the fingerprints, and nobody else is let in.

Examples:

    trainer keygen hospital-a
    trainer keygen hospital-a --show`
}

// Run is called by kong.
func (c *keygenCommand) Run(a *app) error {
	if c.Show {
		fingerprint, err := client.Fingerprint(c.Name + ".key")
		if err != nil {
			return err
		}
		return printAll(a.stdout, fingerprint+"\n")
	}
	key, public, err := client.NewKey(c.Name)
	if err != nil {
		return err
	}
	fingerprint, err := client.Fingerprint(key)
	if err != nil {
		return err
	}
	return printAll(a.stdout, fmt.Sprintf(`wrote %s: secret; it never leaves this machine, but keep a copy in a safe place
wrote %s: the fingerprint, for the job file
  %s
next
  send %[2]s to whoever writes the job file, then read the job file's line back to
  each other over the telephone: whoever can exchange a fingerprint can pose as you
`, key, public, fingerprint))
}
