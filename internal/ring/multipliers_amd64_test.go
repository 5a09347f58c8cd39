//go:build !purego

package ring

import "slices"

// multipliers are the matrix products this machine can run, also those that no
// level would choose here, and for sizes too small to be worth it.
func multipliers() map[string]func(p product) {
	have := Levels()
	all := map[string]func(p product){"go": matMulGo}
	if slices.Contains(have, LevelAVX2) {
		all["avx2"] = tilingAVX2().matMul
		pairs := tilingPairs()
		pairs.minM = 0
		all["pairs"] = pairs.matMul
		all["halved pairs"] = strassen{small: pairs.matMul}.matMul
	}
	if slices.Contains(have, LevelAVX512) {
		all["vpmullq"] = tilingAVX512().matMul
		pairs := tilingPairs512()
		pairs.worth = func(m, k, n int) bool { return true }
		all["pairs vpmullq"] = pairs.matMul
	}
	if slices.Contains(have, LevelAVX512) && hasIFMA() {
		all["vpmadd52"] = always(tiling52())
		all["halved vpmadd52"] = strassen{small: always(tiling52())}.matMul
	}
	if slices.Contains(have, LevelAMX) {
		worth := func(m, k, n int) bool { return true }
		all["amx"] = amx{worth: worth, tiling: tilingAVX512()}.matMul
	}
	return all
}

// always prepares the operands of any product.
func always(t *preparedTiling) func(p product) {
	t.minM = 0
	return t.matMul
}
