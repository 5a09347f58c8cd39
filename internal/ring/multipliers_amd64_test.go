//go:build !purego

package ring

import "slices"

// multipliers are the matrix products this machine can run, also those that no
// level would choose here, and AMX for sizes too small to be worth it.
func multipliers() map[string]func(p product) {
	have := Levels()
	all := map[string]func(p product){"go": eitherForm(matMulGo, matMulPartGo)}
	if slices.Contains(have, LevelAVX2) {
		all["avx2"] = eitherForm(tilingAVX2().matMul, matMulPartGo)
	}
	if slices.Contains(have, LevelAVX512) {
		all["vpmullq"] = eitherForm(tilingAVX512().matMul, matMulPartGo)
	}
	if slices.Contains(have, LevelAVX512) && hasIFMA() {
		t := newTiling52()
		t.minM = 0
		all["vpmadd52"] = eitherForm(t.matMul, t.matMulPart)
	}
	if slices.Contains(have, LevelAMX) {
		always := func(m, k, n int) bool { return true }
		all["amx"] = eitherForm(amx{worth: always, tiling: tilingAVX512()}.matMul, matMulPartGo)
	}
	return all
}
