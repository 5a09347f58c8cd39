// Command _asm writes the assembly of package ring. Each set of kernels is one
// .s file with one file of stubs:
//
//	go run . -set vector512 -out ../vector_avx512_amd64.s -stubs ../vector_avx512_amd64.go -pkg ring
//
// go generate in package ring runs it for every set.
package main

import (
	"flag"
	"log"

	. "github.com/mmcloughlin/avo/build"
)

// sets maps the value of -set to the function that emits these kernels.
var sets = map[string]func(){
	"peak":      peakSet,
	"amx":       amxSet,
	"matmul52":  matmul52Set,
	"bits512":   bits512Set,
	"bits256":   bits256Set,
	"vector512": func() { vectorSet(avx512) },
	"vector256": func() { vectorSet(avx2) },
	"matmul512": func() { matmul512Set(); pairs512Set(); transpose512(); copyRows(avx512) },
	"matmul256": func() { matmul256Set(); pairs256Set(); transpose256(); copyRows(avx2) },
}

func main() {
	set := flag.String("set", "", "which kernels to write")
	flag.Parse()
	emit, ok := sets[*set]
	if !ok {
		log.Fatalf("got -set %q, want one of the names in main.go", *set)
	}
	ConstraintExpr("amd64,!purego")
	emit()
	Generate()
}
