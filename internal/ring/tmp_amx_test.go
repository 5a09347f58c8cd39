//go:build amd64 && !purego

package ring

import "testing"
import "fmt"

func BenchmarkXPanel(b *testing.B) {
	_ = Levels()
	for _, blocks := range []int{1, 2, 4, 8, 13} {
		b.Run(fmt.Sprint("panel", blocks), func(b *testing.B) {
			rng := newRand(1)
			x, y := getScratch(9000+8*blocks*amxBlock), getScratch(9000+8*blocks*amxBlock)
			copy(x.words, words(rng, len(x.words)))
			copy(y.words, words(rng, len(y.words)))
			c := make([]uint64, 128*128)
			sp := make([]uint64, 8192)
			for b.Loop() {
				for j := range 8 {
					panelAMX(blocks, 128, &x.words[0], &y.words[j*blocks*amxBlock], &c[j*16], 128, 65535, &sp[0])
				}
			}
			gops(b, 128*128*blocks*64)
		})
	}
	for _, n := range []int{1, 4, 12} {
		b.Run(fmt.Sprint("packrows", n), func(b *testing.B) {
			x, y := getScratch(128*784+64), getScratch(8*13*amxBlock)
			for b.Loop() {
				for i := range 8 {
					packRowsAMX(n, &y.words[i*n*amxBlock], &x.words[i*784*16], 784)
				}
			}
			gops(b, 128*n*64)
		})
		b.Run(fmt.Sprint("packcols", n), func(b *testing.B) {
			x, y := getScratch(128*784+64), getScratch(8*13*amxBlock)
			for b.Loop() {
				for i := range 8 {
					packColsAMX(n, &y.words[i*n*amxBlock], &x.words[i*16], 128)
				}
			}
			gops(b, 128*n*64)
		})
	}
}
