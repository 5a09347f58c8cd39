// Package socket makes calls to the system that read and write a connection cheaper on
// Linux. The sockets of package net never block within such a call, but Go has to treat
// each as one that might: it notes the beginning and the end, and when the call is not over
// after 20 µs, which one for 64 KiB is not, a thread of the runtime gives the processor of
// the caller to another thread, wakes that, and comes back as soon as it can. A process with
// one processor does so for nearly all calls. [Direct] leaves all of that out.
//
// The price: a goroutine that writes keeps its processor for as long as the system copies,
// so what is written at a time should be short (some 64 KiB take 20 to 100 µs).
package socket
