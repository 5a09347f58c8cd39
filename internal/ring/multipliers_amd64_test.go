//go:build !purego

package ring

import "slices"

// multipliers are the matrix products this machine can run, also those that no
// level would choose here, and AMX for sizes too small to be worth it.
func multipliers() map[string]func(p product) {
	have := Levels()
	all := map[string]func(p product){"go": matMulGo}
	if slices.Contains(have, LevelAVX2) {
		all["avx2"] = tilingAVX2().matMul
	}
	if slices.Contains(have, LevelAVX512) {
		all["vpmullq"] = tilingAVX512().matMul
	}
	if slices.Contains(have, LevelAVX512) && hasIFMA() {
		t := newTiling52()
		t.minM = 0
		all["vpmadd52"] = t.matMul
	}
	if slices.Contains(have, LevelAMX) {
		always := func(m, k, n int) bool { return true }
		all["amx"] = amx{worth: always, tiling: tilingAVX512()}.matMul
	}
	return all
}
