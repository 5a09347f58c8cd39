//go:build !race && !msan && !asan

package socket

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"unsafe"
)

// Direct returns conn with reads and writes of which the Go scheduler learns only when they
// wait. Errors, deadlines and Close are those of conn. What is not TCP itself stays as it
// is: one that wraps it may do something in Read and Write.
func Direct(conn net.Conn) net.Conn {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return conn
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return conn // closed: it will say so itself
	}
	d := &direct{Conn: conn, raw: raw}
	d.in.try, d.out.try = d.in.read, d.out.write
	return d
}

// direct is a socket of package net whose buffers go to the system at once.
type direct struct {
	net.Conn
	raw     syscall.RawConn
	in, out call
}

// call is a Read or Write that is under way. It is kept, so that none allocates.
type call struct {
	turn sync.Mutex
	p    []byte             // what there is still to do
	n    int                // what has been done
	err  error              // the answer of the system, or nil
	try  func(uintptr) bool // without waiting; false: the socket is not ready
}

// Read implements net.Conn.
func (d *direct) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return d.Conn.Read(p)
	}
	n, err := d.in.do(p, d.raw.Read)
	if n == 0 && err == nil {
		return 0, io.EOF
	}
	return n, d.named("read", err)
}

// Write implements net.Conn.
func (d *direct) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return d.Conn.Write(p)
	}
	n, err := d.out.do(p, d.raw.Write)
	return n, d.named("write", err)
}

// do has ready, which waits for the socket, try until p is done with.
func (c *call) do(p []byte, ready func(func(uintptr) bool) error) (int, error) {
	c.turn.Lock()
	defer c.turn.Unlock()
	c.p, c.n, c.err = p, 0, nil
	err := ready(c.try)
	c.p = nil
	if err == nil {
		err = c.err
	}
	return c.n, err
}

// read takes what is there.
func (c *call) read(fd uintptr) bool { return c.system(syscall.SYS_READ, fd) }

// write writes until all is written.
func (c *call) write(fd uintptr) bool {
	for len(c.p) > 0 && c.err == nil {
		before := c.n
		if !c.system(syscall.SYS_WRITE, fd) {
			return false
		}
		if c.n == before && c.err == nil {
			c.err = io.ErrUnexpectedEOF // as package net has it
		}
	}
	return true
}

// mostAtOnce is how many bytes one call moves at most: meanwhile nothing stops the thread.
const mostAtOnce = 128 << 10

// system makes one call.
func (c *call) system(trap, fd uintptr) bool {
	for {
		size := min(len(c.p), mostAtOnce)
		n, _, e := syscall.RawSyscall(trap, fd, uintptr(unsafe.Pointer(unsafe.SliceData(c.p))), uintptr(size))
		switch e {
		case 0:
			c.n, c.p = c.n+int(n), c.p[n:]
			return true
		case syscall.EINTR:
		case syscall.EAGAIN:
			return false
		default:
			c.err = e
			return true
		}
	}
}

// named gives an error the form that package net gives it.
func (d *direct) named(op string, err error) error {
	if err == nil {
		return nil
	}
	if inner, ok := errors.AsType[*net.OpError](err); ok {
		err = inner.Err // with the name of RawConn: "raw-read"
	}
	if e, ok := errors.AsType[syscall.Errno](err); ok {
		err = os.NewSyscallError(op, e)
	}
	return &net.OpError{Op: op, Net: "tcp", Source: d.LocalAddr(), Addr: d.RemoteAddr(), Err: err}
}
