package mpc

// descended is a step of Descend on copies of x in two parts, with y as velocity.
func descended(e Engine, x, y Arith) Arith {
	w, u := e.Scale(x, 1), e.Scale(y, 1)
	first := Descent{W: e.Slice(w, 0, 5), Gradient: e.Mul(e.Slice(x, 0, 5), e.Slice(y, 0, 5)), Rate: 3, Decay: 9}
	second := Descent{W: e.Slice(w, 5, x.Len()), Gradient: e.AsProduct(e.Slice(y, 5, x.Len())), Rate: 2}
	e.Descend([]Descent{first, second}, u, 7, 6)
	return e.Concat(w, u)
}
