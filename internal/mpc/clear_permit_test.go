package mpc

import (
	"context"
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

func permitFor(t require.TestingT, what string) Permit {
	p, err := testPolicy.Permit(what)
	require.NoError(t, err)
	return p
}

func TestClearWritesTheAuditLog(t *testing.T) {
	program := func(e Engine) error {
		e.Enter("epoch", 3)
		e.Reveal(e.Public([]uint64{1, 2}), permitFor(t, "all"))
		e.Leave()
		e.Deliver(e.Public([]uint64{1, 2, 3}), permitFor(t, "owner"))
		e.DeliverWide(e.Public(make([]uint64, 2*WideWords)), permitFor(t, "owner"))
		return nil
	}
	secure := run3(t, Options{}, func(p *Party) error { return program(p) })[0].Openings
	clear := runClear(t, ClearOptions{}, func(c *Clear) error { return program(c) }).Openings
	require.Equal(t, Opening{Seq: 1, What: "all", To: []string{All}, Step: "epoch 3", Values: 2}, clear[0])
	for i := range secure {
		secure[i].Round = 0
	}
	require.Equal(t, secure, clear)
}

func TestClearHonoursPermits(t *testing.T) {
	other, err := NewPolicy(Line{"all", []string{All}}).Permit("all")
	require.NoError(t, err)
	for name, program := range map[string]func(c *Clear, x Arith){
		"reveal, no permit":       func(c *Clear, x Arith) { c.Reveal(x, Permit{}) },
		"reveal, other job":       func(c *Clear, x Arith) { c.Reveal(x, other) },
		"reveal, for owners only": func(c *Clear, x Arith) { c.Reveal(x, permitFor(t, "owner")) },
		"deliver, no permit":      func(c *Clear, x Arith) { c.Deliver(x, Permit{}) },
		"deliver wide, other job": func(c *Clear, x Arith) { c.DeliverWide(x, other) },
	} {
		t.Run(name, func(t *testing.T) {
			r, err := RunClear(context.Background(), testPolicy, ClearOptions{}, func(c *Clear) error {
				program(c, c.Public([]uint64{1, 2, 3}))
				return nil
			})
			require.ErrorContains(t, err, "clear engine: reveal")
			require.Empty(t, r.Openings)
		})
	}
}

func TestClearDelivers(t *testing.T) {
	x := []uint64{5, 6, 7}
	var plain, wide Delivery
	runClear(t, ClearOptions{}, func(c *Clear) error {
		plain = c.Deliver(c.Input(Plain(x)), permitFor(t, "owner"))
		wide = c.DeliverWide(c.InputWide(Plain(x)), permitFor(t, "owner"))
		return nil
	})
	got, err := Combine(plain)
	require.NoError(t, err)
	require.Equal(t, x, got)
	got, err = CombineWide(wide)
	require.NoError(t, err)
	require.Equal(t, x, got)
	_, err = Combine(plain, plain, plain)
	require.Error(t, err, "a clear delivery is not that of a server")
}

func TestClearAndServersRefuseEachOthersParts(t *testing.T) {
	parts, err := Split([]uint64{1}, rand.Reader)
	require.NoError(t, err)
	for _, part := range append(parts[:], Part{}) {
		_, err = RunClear(context.Background(), testPolicy, ClearOptions{}, func(c *Clear) error {
			c.Input(part)
			return nil
		})
		require.ErrorContains(t, err, "want a vector wrapped by Plain")
		_, err = RunClear(context.Background(), testPolicy, ClearOptions{}, func(c *Clear) error {
			c.InputWide(part)
			return nil
		})
		require.ErrorContains(t, err, "want a vector wrapped by Plain")
	}
	run3(t, Options{}, func(p *Party) error {
		defer func() {
			f, _ := recover().(*failure)
			require.NotNil(t, f)
			require.ErrorContains(t, f.err, "a part for another server")
		}()
		p.Input(Plain([]uint64{1}))
		return nil
	})
}
