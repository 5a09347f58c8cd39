// Package socket makes calls to the system that read and write a connection cheaper on
// Linux. The sockets of package net never wait for the other end within such a call, but Go
// has to treat each as one that might: it notes the beginning and the end, and when the call
// is not over after 20 µs, which one for 64 KiB is not, a thread of the runtime gives the
// processor of the caller to another thread, wakes that, and comes back as soon as it can. A
// process with one processor does so for nearly all calls. [Direct] leaves all of that out.
//
// The price: a goroutine keeps its processor, and is not interrupted, for as long as the
// system copies, or waits for memory or for a call on the other way of the same connection
// (20 to 100 µs for 64 KiB). A connection whose file was made blocking elsewhere, as by
// [net.TCPConn.File] and Fd, must not be given to it.
package socket
