//go:build !trefoildebug

package prg

const debugging = false
