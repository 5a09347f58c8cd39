//go:build !purego

package ring

import "slices"

// multipliers are the matrix products this machine can run, also those that no
// level would choose here, and for sizes too small to be worth it.
func multipliers() map[string]func(p product) {
	have := Levels()
	all := map[string]func(p product){"go": eitherForm(matMulGo, matMulPartGo)}
	if slices.Contains(have, LevelAVX2) {
		all["avx2"] = eitherForm(tilingAVX2().matMul, matMulPartGo)
		pairs := tilingPairs()
		pairs.minM = 0
		all["pairs"] = eitherForm(pairs.matMul, matMulPartGo)
		all["halved pairs"] = eitherForm(strassen{small: pairs.matMul}.matMul, matMulPartGo)
	}
	if slices.Contains(have, LevelAVX512) {
		all["vpmullq"] = eitherForm(tilingAVX512().matMul, matMulPartGo)
		pairs := tilingPairs512()
		pairs.worth = func(m, k, n int) bool { return true }
		all["pairs vpmullq"] = eitherForm(pairs.matMul, matMulPartGo)
	}
	if slices.Contains(have, LevelAVX512) && hasIFMA() {
		all["vpmadd52"] = eitherForm(always(tiling52()), tiling65().matMul)
		all["halved vpmadd52"] = eitherForm(strassen{small: always(tiling52())}.matMul, matMulPartGo)
	}
	if slices.Contains(have, LevelAMX) {
		worth := func(m, k, n int) bool { return true }
		all["amx"] = eitherForm(amx{worth: worth, tiling: tilingAVX512()}.matMul, matMulPartGo)
	}
	return all
}

// always prepares the operands of any product.
func always(t *preparedTiling) func(p product) {
	t.minM = 0
	return t.matMul
}
