// Package identity is who a server or an owner is: one private key file, from
// which the key of its connections and signatures and the key that others seal
// data to are derived.
//
//	key := identity.Generate()
//	err := key.Save("hospital-a.key")            // mode 0600, never overwrites
//	key, err := identity.Load("hospital-a.key")  // refuses a file that others can read
//	key.Fingerprint()                            // "ed25519:…", to exchange and to pin
//
// The public key's text holds the whole key, so whoever has it can pin the key
// and check signatures:
//
//	sig := key.Sign("trefoil approval v1", message)
//	err := identity.Verify(public, "trefoil approval v1", message, sig)
//
// Large data is sealed as a stream and opened as one, in bounded memory; what
// was cut short, reordered or changed does not open:
//
//	w, err := to.NewWriter(file, about)  // to is a SealKey: key.SealKey() of the receiver
//	r, err := key.NewReader(file, about) // about must be the same bytes
//
// A Key prints and marshals as [secret].
package identity
