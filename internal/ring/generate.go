package ring

// The assembly is written by the programs in _asm, a module of its own.
//
//go:generate go run -C _asm . -set vector512 -out ../vector_avx512_amd64.s -stubs ../vector_avx512_amd64.go -pkg ring
//go:generate go run -C _asm . -set vector256 -out ../vector_avx2_amd64.s -stubs ../vector_avx2_amd64.go -pkg ring
//go:generate go run -C _asm . -set matmul512 -out ../matmul_avx512_amd64.s -stubs ../matmul_avx512_amd64.go -pkg ring
//go:generate go run -C _asm . -set matmul256 -out ../matmul_avx2_amd64.s -stubs ../matmul_avx2_amd64.go -pkg ring
//go:generate go run -C _asm . -set matmul52 -out ../matmul_ifma_amd64.s -stubs ../matmul_ifma_amd64.go -pkg ring
//go:generate go run -C _asm . -set amx -out ../matmul_amx_amd64.s -stubs ../matmul_amx_amd64.go -pkg ring
//go:generate go run -C _asm . -set bits512 -out ../bits_avx512_amd64.s -stubs ../bits_avx512_amd64.go -pkg ring
//go:generate go run -C _asm . -set bits256 -out ../bits_avx2_amd64.s -stubs ../bits_avx2_amd64.go -pkg ring
//go:generate go run -C _asm . -set peak -out ../peak_amd64.s -stubs ../peak_amd64.go -pkg ring
