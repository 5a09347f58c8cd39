package archtest

// Rung is one row of the ladder: what a package may import besides the
// standard library. Names are relative to the module's root.
type Rung struct {
	Package string
	Module  []string // packages of this module
	Libs    []string // other modules, or packages of them
	Tests   []string // packages of this module that its tests import too
	Reason  string   // why no more than that
}

// Ladder says who may import whom. An import that is not here is a violation.
// Tests are held to it too, but may import what [TestOnly] and their row's Tests
// list.
var Ladder = []Rung{
	{
		Package: "internal/ring", Libs: []string{"github.com/klauspost/cpuid/v2"},
		Reason: "arithmetic knows no keys, messages or protocols",
	},
	{
		Package: "internal/prg", Module: []string{"internal/ring"}, Libs: []string{"github.com/klauspost/cpuid/v2"},
		Reason: "key streams know no messages or protocols; of ring they take the CPU level in use",
	},
	{
		Package: "internal/pages", Libs: []string{"golang.org/x/sys/unix"},
		Reason: "memory from the system, whatever it is for",
	},
	{
		Package: "internal/transport",
		Reason:  "the interface that the engine sees; every network is beside it",
	},
	{
		Package: "internal/transport/mem", Module: []string{"internal/transport"},
		Libs:   []string{"golang.org/x/sys/unix"},
		Reason: "a transport carries words and knows nothing of what they mean",
	},
	{
		Package: "internal/transport/socket",
		Reason:  "cheaper calls to the system, for any TCP connection",
	},
	{
		Package: "internal/transport/h2",
		Libs:    []string{"golang.org/x/net/http2", "google.golang.org/grpc"},
		Reason:  "one call on one connection: bytes, without servers, keys or words",
	},
	{
		Package: "internal/transport/grpcnet", Module: []string{"internal/transport", "internal/transport/h2", "internal/transport/socket"},
		Libs:   []string{"google.golang.org/grpc"},
		Reason: "a transport carries words and knows nothing of what they mean",
	},
	{
		Package: "internal/transport/measure", Module: []string{"internal/transport"},
		Tests:  []string{"internal/transport/grpcnet"},
		Reason: "measures through the interface, so on any network; who uses the figures is not its business",
	},
	{
		Package: "internal/transport/transporttest", Module: []string{"internal/transport"},
		Libs:   []string{"github.com/stretchr/testify"},
		Reason: "one suite for all transports, so it may know none of them",
	},
	{
		Package: "internal/identity", Tests: []string{"internal/transport/grpcnet"},
		Reason: "keys, signatures and sealed streams of bytes; it knows no jobs, networks or shares",
	},
	{
		Package: "internal/store", Libs: []string{"go.etcd.io/bbolt"},
		Tests:  []string{"internal/identity", "internal/mpc"},
		Reason: "a server's file of records and sealed bytes: it has no key, opens nothing and knows no jobs or networks",
	},
	{
		Package: "internal/mpc", Module: []string{"internal/pages", "internal/prg", "internal/ring", "internal/transport"},
		Reason: "the vault: only the transport interface, no network, file format or clock",
	},
	{
		Package: "internal/mpc/mpctest",
		Module:  []string{"internal/mpc", "internal/prg", "internal/transport", "internal/transport/mem"},
		Libs:    []string{"github.com/stretchr/testify"},
		Reason:  "the test bench of the protocols",
	},
	{
		Package: "fixedpoint",
		Reason:  "a number format: no secrets, nothing to import",
	},
	{
		Package: "tensor", Module: []string{"fixedpoint", "internal/mpc"},
		Reason: "tensor wraps the vault and never sees a share word",
	},
	{
		Package: "tensor/tensortest", Module: []string{"fixedpoint", "internal/mpc", "internal/mpc/mpctest", "tensor"},
		Libs:   []string{"github.com/stretchr/testify"},
		Reason: "the test bench of what is written against tensor",
	},
	{
		Package: "train/metrics", Tests: []string{"datasets", "tensor"},
		Reason: "metrics are arithmetic on numbers that their holder may see",
	},
	{
		Package: "datasets", Module: []string{"tensor"},
		Reason: "data sets are an owner's cleartext and cannot reach a protocol",
	},
	{
		Package: "layers", Module: []string{"tensor"},
		Reason: "layers is written against tensor alone, so it runs on every engine",
	},
	{
		Package: "layers/blueprint", Module: []string{"layers", "tensor"},
		Reason: "what a network is made of is public; it is built on secrets through layers",
	},
	{
		Package: "train", Module: []string{"datasets", "layers", "tensor"},
		Reason: "training sees secrets through tensor alone, so it runs on every engine; of datasets it takes the order of rows",
	},
	{
		Package: "parties",
		Module: []string{
			"datasets", "fixedpoint", "layers", "layers/blueprint", "tensor", "train", "train/metrics",
			"internal/identity", "internal/mpc", "internal/prg",
			"internal/transport", "internal/transport/measure", "internal/transport/mem",
		},
		Libs:   []string{"github.com/goccy/go-yaml"},
		Reason: "parties brings jobs, data, servers and transport together",
	},
	{
		Package: "parties/partypb",
		Libs:    []string{"google.golang.org/grpc", "google.golang.org/protobuf"},
		Reason:  "messages between parties, written by a generator: they carry bytes and mean nothing",
	},
	{
		Package: "parties/daemon",
		Module: []string{
			"parties", "parties/partypb",
			"internal/identity", "internal/mpc", "internal/prg", "internal/ring", "internal/store",
			"internal/transport", "internal/transport/grpcnet",
		},
		Libs: []string{
			"github.com/goccy/go-yaml", "github.com/prometheus/client_golang", "golang.org/x/time",
			"google.golang.org/grpc", "google.golang.org/protobuf",
		},
		Reason: "one server: it brings the store, the network and the phases of jobs together",
	},
	{
		Package: "parties/client",
		Module: []string{
			"datasets", "parties", "parties/partypb", "internal/identity", "internal/mpc", "internal/transport/grpcnet",
		},
		Libs:   []string{"google.golang.org/grpc"},
		Tests:  []string{"parties/daemon"},
		Reason: "what one side does from its own machine, with the servers at the other end of a connection",
	},
	{
		Package: "internal/bench",
		Module: []string{
			"layers", "tensor", "train",
			"internal/mpc", "internal/prg", "internal/ring", "internal/transport",
			"internal/transport/grpcnet", "internal/transport/mem",
		},
		Tests:  []string{"internal/transport/measure"},
		Libs:   []string{"github.com/klauspost/cpuid/v2"},
		Reason: "measures each rung by itself, up to a training step; it knows no jobs and no owners",
	},
	{
		Package: "cmd/trainer",
		Module:  []string{"datasets", "internal/bench", "internal/identity", "parties", "parties/client", "parties/daemon"},
		Libs: []string{
			"github.com/alecthomas/kong", "github.com/vbauerster/mpb/v8", "golang.org/x/sys/unix", "golang.org/x/term",
		},
		Reason: "the command parses, wires and prints; the logic is below it",
	},
	{
		Package: "docs", Tests: []string{"parties"},
		Reason: "only tests of what the documents show",
	},
	{
		Package: "internal/archtest",
		Reason:  "the checker depends on nothing that it checks",
	},
}

// TestOnly is what the tests of any package may import on top of its rung.
var TestOnly = []string{
	"internal/mpc/mpctest",
	"internal/transport/mem",
	"internal/transport/transporttest",
	"tensor/tensortest",
	"github.com/stretchr/testify",
	"github.com/rogpeppe/go-internal",
	"gonum.org/v1/gonum",
	"google.golang.org/protobuf",
	"pgregory.net/rapid",
}

// Denied is a package of the standard library that only some may import;
// "net/..." is net and all below it.
type Denied struct {
	Import string
	Deny   []string // trees of this module that may not import it; empty: all
	Allow  []string // trees that may all the same
	Tests  bool     // holds for test files too
	Reason string
}

// DeniedStd says who may use which part of the standard library.
var DeniedStd = []Denied{
	{
		Import: "unsafe", Allow: []string{"internal/ring", "internal/pages", "internal/prg", "internal/transport", "parties/partypb"}, Tests: true,
		Reason: "memory tricks stay where the fuzzers and guard words are",
	},
	{
		Import: "math/rand", Tests: true, Reason: "use math/rand/v2, with a seed",
	},
	{
		Import: "math/rand/v2", Allow: []string{"datasets", "layers", "train", "internal/bench", "internal/transport/transporttest"},
		Reason: "only for public seeded choices; secrets come from internal/prg",
	},
	{
		Import: "crypto/rand", Allow: []string{"internal/identity", "internal/mpc/mpctest", "parties"},
		Reason: "keys and seeds of shares are drawn where identities, sessions and owners begin",
	},
	{
		Import: "log", Reason: "no package-level logger; a *slog.Logger is passed in",
	},
	{
		Import: "net/...", Deny: noIO, Reason: "the engine and all above it run on any transport",
	},
	{
		Import: "os/...", Deny: noIO, Allow: []string{"internal/ring"},
		Reason: "no files and no environment below parties; internal/ring reads TREFOIL_CPU",
	},
	{
		Import: "time", Deny: []string{"internal/ring", "internal/prg", "internal/mpc", "fixedpoint", "tensor", "layers"},
		Reason: "no clock in protocol code: a run depends on data, job and keys only",
	},
	{
		Import: "encoding/gob", Reason: "gob walks unexported structure; formats here are explicit",
	},
}

// noIO are the trees that touch neither network nor files.
var noIO = []string{"internal/ring", "internal/prg", "internal/mpc", "fixedpoint", "tensor", "layers", "train"}
