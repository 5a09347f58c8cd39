// Package mpc is the vault: the only package that can read a share. It holds
// the protocols of three servers, of which at most one is curious, on replicated
// secret sharings over Z_2^64.
//
//	report, err := mpc.Run(ctx, conn, keys, policy, mpc.Options{}, func(p *mpc.Party) error {
//		x, y := p.Input(partOfX), p.Input(partOfY)
//		z := p.TruncProduct(p.Mul(x, y), 16)     // 2 rounds, 3 if long
//		result := p.Select(p.Negative(z, 64), x, y) // 6 + 2 rounds
//		p.Reveal(result, permit)                    // the only way out
//		return nil
//	})
//
// A vector x is held as x = x_0 + x_1 + x_2 mod 2^64, server i having x_i and
// x_{i+1} ([Arith]); bits likewise with XOR ([Bits]). A product is at first only
// a summand at each server ([Product]): resharing it costs a round, truncating it
// reshares it on the way.
//
// Every server calls the same methods of its [Party] in the same order. No
// method returns a bool or a number that depends on a share, so a program cannot
// branch on one; [Party.Reveal], [Party.RevealTo] and [Party.Deliver] open
// vectors, with a [Permit] from the reveal list of the agreed job, and every
// opening is in the audit log. Misuse ends the session through [Party.Fail]; [Run]
// returns it as an error.
//
// Each protocol's comment has its formula, its steps, its source and a Cost line;
// [Costs] has the same prices as functions, and the tests compare them with what
// was sent. What "in all" means there is the payload of the three servers
// together. Citations are keys of docs/references.md; docs/protocols has the
// arguments for protocols of our own.
//
// [Clear] is the cleartext twin: the same [Engine] on plain vectors.
package mpc
