// Package daemon is one server of consortia: what `trainer serve` runs.
//
//	key, err := identity.Load("server.key")
//	policy, err := daemon.LoadPolicy("policy.yaml")
//	err = daemon.Run(ctx, daemon.Config{Key: key, Listen: ":7000", Store: "server.db", Policy: policy})
//
// It takes jobs, approvals and sealed parts, runs the phases of jobs with the
// two other servers, one at a time, and keeps what owners are given until they
// fetch it. It serves until ctx ends, then ends what runs in a way that all
// sides hear of.
//
// # Who may do what
//
// The key of a caller is its name. Whoever holds any key may say hello, a few
// times a second. A job comes from an owner or server of it whom the policy
// names, or from this server's own operator; it must be within the policy.
// Nothing of it starts before all its owners and servers have signed exactly
// its bytes, and this server checks each signature itself. Each call checks
// that its caller is a party of the job, and the right one.
//
// # Phases
//
// Server 0 of a job proposes a phase when it is ready itself; the others agree or
// say why not. All three bring a nonce, so a session never comes twice. When it
// is over each server stores its deliveries, and they tell each other before
// any of them calls the phase done.
//
// # Failures
//
// A phase that fails leaves the parts where they are. If a server was lost or
// shut down, it is tried again, after 1, 2, 4, … seconds and [Config.Retries]
// times; after that, and at once for a failure that would come again, the job is
// held until somebody asks to retry. Each server names the server where the
// failure arose and the step, to its callers and to its peers. A server that
// starts again goes on where it was.
package daemon
