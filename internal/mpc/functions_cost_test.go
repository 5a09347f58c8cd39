package mpc_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/mpc"
	"github.com/trefoil-ml/trefoil/internal/mpc/mpctest"
)

// composition is a function of an engine that is made of protocols.
type composition struct {
	name string // of the function and of the method of Costs
	of   string // what else tells it apart
	run  func(e mpc.Engine, x, y mpc.Arith)
	cost func(k mpc.Costs, n int) mpc.Cost
	cols int // n is a multiple of it
}

func compositions() []composition {
	one := func(name string, f func(e mpc.Engine, x mpc.Arith, scale int) (mpc.Arith, mpc.Bits), cost func(k mpc.Costs, n, scale int) mpc.Cost) []composition {
		var rows []composition
		for _, scale := range []int{8, 16, 20} {
			rows = append(rows, composition{
				name: name, of: fmt.Sprintf("scale=%d", scale),
				run:  func(e mpc.Engine, x, _ mpc.Arith) { f(e, x, scale) },
				cost: func(k mpc.Costs, n int) mpc.Cost { return cost(k, n, scale) },
			})
		}
		return rows
	}
	wide := func(name string, f func(e mpc.Engine, x mpc.Arith, scale, width int) (mpc.Arith, mpc.Bits), cost func(k mpc.Costs, n, scale int) mpc.Cost) []composition {
		return one(
			name,
			func(e mpc.Engine, x mpc.Arith, scale int) (mpc.Arith, mpc.Bits) { return f(e, x, scale, scale+16) },
			cost,
		)
	}
	divide := func(e mpc.Engine, x mpc.Arith, scale int) (mpc.Arith, mpc.Bits) { return mpc.Divide(e, x, x, scale) }
	return slices.Concat(
		one("Reciprocal", mpc.Reciprocal, mpc.Costs.Reciprocal), one("Divide", divide, mpc.Costs.Divide),
		one("Sqrt", mpc.Sqrt, mpc.Costs.Sqrt), one("Log", mpc.Log, mpc.Costs.Log),
		one("Exponential", mpc.Exponential, mpc.Costs.Exponential),
		wide("Sigmoid", mpc.Sigmoid, mpc.Costs.Sigmoid), wide("Tanh", mpc.Tanh, mpc.Costs.Tanh),
		rowCompositions(),
	)
}

func rowCompositions() []composition {
	rows := []composition{{
		name: "InvSqrt", of: "scale=16",
		run:  func(e mpc.Engine, x, _ mpc.Arith) { mpc.InvSqrt(e, x, 40, 16) },
		cost: func(k mpc.Costs, n int) mpc.Cost { return k.InvSqrt(n, 40, 16) },
	}}
	for _, cols := range []int{2, 3, 10, 17} {
		rows = append(rows, composition{
			name: "Softmax", of: fmt.Sprintf("cols=%d", cols), cols: cols,
			run:  func(e mpc.Engine, x, _ mpc.Arith) { mpc.Softmax(e, x, x.Len()/cols, cols, 16, 32) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.Softmax(n/cols, cols, 16, 32) },
		}, composition{
			name: "RowMax", of: fmt.Sprintf("cols=%d", cols), cols: cols,
			run:  func(e mpc.Engine, x, _ mpc.Arith) { mpc.RowMax(e, x, x.Len()/cols, cols, 32) },
			cost: func(k mpc.Costs, n int) mpc.Cost { return k.RowMax(n/cols, cols, 32) },
		})
	}
	return rows
}

// TestCostOfFunctions compares the price of every function with what it sends:
// the bytes exactly, the rounds as a bound that is not far off.
func TestCostOfFunctions(t *testing.T) {
	for _, opts := range []mpc.Options{{}, farAway, {Rounding: mpc.Exact}, truncForms[1].opts} {
		for _, f := range compositions() {
			for _, n := range []int{1, 65, 200} {
				n *= max(f.cols, 1)
				in := randomOperands(n)
				sent := mpctest.Spent(mpctest.Run3(t, opts, func(p *mpc.Party) error {
					v := in.take(p)
					f.run(p, v.x, v.y)
					return nil
				}))
				want := f.cost(mpc.Costs{Options: opts}, n)
				require.Equal(t, want.Bytes, sent.Bytes, "%s of %d", f.name, n)
				require.LessOrEqual(t, sent.Rounds, want.Rounds, "%s of %d", f.name, n)
				require.GreaterOrEqual(t, 3*sent.Rounds, 2*want.Rounds, "%s of %d", f.name, n)
			}
		}
	}
}

// compositionNames lists the prices that are not of methods of an engine.
func compositionNames() []string {
	var names []string
	for _, f := range compositions() {
		names = append(names, f.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// TestPricesOfFunctions fails when a price has no function in the table.
func TestPricesOfFunctions(t *testing.T) {
	priced := methods(reflect.TypeFor[mpc.Costs]())
	for _, name := range compositionNames() {
		require.Contains(t, priced, name, fmt.Sprintf("Costs.%s", name))
	}
}
