package prg

// Limit keeps keys from the newest instructions of the processor, to compare
// speeds. All limits give the same words.
type Limit int

const (
	Fastest    Limit = iota // all that this machine has
	NoAVX512                // AES-NI at most
	NoAssembly              // the standard library alone
)

// level is the fastest within the limit that this machine has.
func (l Limit) level() level {
	switch l {
	case NoAssembly:
		return generic
	case NoAVX512:
		return min(aesni, bestLevel())
	}
	return bestLevel()
}

// Derive is [Derive] within the limit.
func (l Limit) Derive(session [32]byte, server int, prev, next, own PairKey) (Keys, error) {
	return deriver{session: session, level: l.level()}.keys(server, prev, next, own)
}
