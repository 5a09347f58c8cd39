package pages_test

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"github.com/trefoil-ml/trefoil/internal/pages"
)

// TestLongVectorsAreOnLargePages asks the kernel whether it was asked ("hg") for the
// memory in the middle of a vector.
func TestLongVectorsAreOnLargePages(t *testing.T) {
	modes, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	if err != nil {
		t.Skip("this kernel has no transparent large pages")
	}
	w := pages.Words(16 << 20 / 8)
	flags := flagsOf(t, uintptr(unsafe.Pointer(&w[len(w)/2])))
	require.Contains(t, flags, " hg", "modes: %s", modes)
}

// flagsOf returns the flags of the mapping that holds an address.
func flagsOf(t *testing.T, address uintptr) string {
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Skipf("this system does not tell: %v", err)
	}
	defer f.Close()
	inside := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var begin, end uintptr
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x ", &begin, &end); n == 2 {
			inside = begin <= address && address < end
		}
		if flags, ok := strings.CutPrefix(lines.Text(), "VmFlags:"); ok && inside {
			return flags
		}
	}
	t.Fatal("the address is in no mapping")
	return ""
}
