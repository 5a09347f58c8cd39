package mpc

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// programSteps are the steps of random programs: each takes two vectors of n
// elements to one.
var programSteps = []func(e Engine, x, y Arith) Arith{
	Engine.Add,
	Engine.Sub,
	func(e Engine, x, _ Arith) Arith { return e.Neg(x) },
	func(e Engine, x, _ Arith) Arith { return e.Scale(x, neg(3)) },
	func(e Engine, x, y Arith) Arith { return e.Reshare(e.Mul(x, y)) },
	func(e Engine, x, y Arith) Arith { return e.TruncProduct(e.Mul(x, y), 16) },
	func(e Engine, x, y Arith) Arith {
		return e.TruncProduct(e.AddProducts(e.Mul(x, x), e.AsProduct(y)), 20)
	},
	func(e Engine, x, _ Arith) Arith { return e.Trunc(x, 8) },
	func(e Engine, x, y Arith) Arith { return e.Select(e.Negative(x, 64), x, y) },
	func(e Engine, x, y Arith) Arith { return e.Select(e.Negative(e.Sub(x, y), 64), y, x) },
	func(e Engine, x, y Arith) Arith {
		return e.BitMul(e.Or(e.Negative(x, 64), e.Not(e.Negative(y, 64))), x)
	},
	func(e Engine, x, y Arith) Arith {
		k := x.Len()
		return e.Transpose(e.Slice(e.Concat(e.Repeat(x, 1), y), k/2, k/2+k), 1, k)
	},
	func(e Engine, x, y Arith) Arith { // the outer product, then its sums
		k := x.Len()
		col, row := Operand{Rows: k, Cols: 1}, Operand{Rows: 1, Cols: k}
		return e.SumRows(e.TruncProduct(e.MatMul(x, col, y, row), 16), k, k)
	},
}

type programStep struct{ op, x, y int }

// runProgram returns the last vector, where each step adds one.
func runProgram(e Engine, pool []Arith, steps []programStep) Arith {
	for i, s := range steps {
		e.Enter("step", i)
		pool = append(pool, programSteps[s.op](e, pool[s.x], pool[s.y]))
		e.Leave()
	}
	return e.Concat(pool...)
}

// unclear reports whether values left the range at an operation that is more
// than ring arithmetic.
func unclear(r *Report) bool {
	for _, e := range r.Range {
		if e.Op == "truncation" || e.Op == "comparison" {
			return true
		}
	}
	return false
}

// TestProgramsAgree holds the two engines against each other on random programs:
// with exact rounding, they agree bit for bit unless the clear engine says that
// the values do not fit.
func TestProgramsAgree(t *testing.T) {
	compared, outside := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(rt, "n")
		value := rapid.Custom(func(rt *rapid.T) uint64 { return uint64(rapid.Int64Range(-1<<36, 1<<36).Draw(rt, "value")) })
		x := rapid.SliceOfN(value, n, n).Draw(rt, "x")
		y := rapid.SliceOfN(value, n, n).Draw(rt, "y")
		var steps []programStep
		for i := range rapid.IntRange(1, 8).Draw(rt, "steps") {
			operand := rapid.IntRange(0, i+1)
			steps = append(steps, programStep{rapid.IntRange(0, len(programSteps)-1).Draw(rt, "op"), operand.Draw(rt, "x"), operand.Draw(rt, "y")})
		}
		f := func(e Engine, in []Arith) Arith { return runProgram(e, in, steps) }
		got, r := evalClear(rt, ClearOptions{Rounding: Exact}, f, x, y)
		if unclear(r) {
			outside++
			return
		}
		compared++
		require.Equal(rt, eval3(t, Options{Rounding: Exact}, func(p *Party, in []Arith) Arith { return f(p, in) }, x, y), got)
	})
	require.Positive(t, compared)
	t.Logf("%d programs compared, %d did not fit", compared, outside)
}
