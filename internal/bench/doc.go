// Package bench measures how fast this machine is at what training does, from
// one matrix product to a whole step:
//
//	r, err := bench.Run(ctx, bench.Options{})
//	json.NewEncoder(w).Encode(r)
//
// The three servers are goroutines of this process, as in parties.Local, on
// all its cores. Times are medians of at least seven samples, taken when
// everything is warm; allocations are means, of the whole process. Inputs are
// random and the same in every run.
//
//	matmul    10⁹ multiply-adds a second mod 2^64; see [Product]
//	prg       key stream on one core, draws of 64 KiB
//	round_us  each server sends 64 bytes to the next and waits for the previous
//	          one's; grpc_mtls is transport/grpcnet over loopback, tcp and
//	          tcp_tls are bare sockets there, plain and with TLS 1.3 both ways:
//	          what a network costs without us. round_us_processes has the same
//	          for three processes, if there is an [Options.Process]
//	stream    messages of 1 MiB in a row to the next server, out of each
//	ops       one operation on 2^20 values, end to end; see [Op]
//	lr_step   one step of logistic regression; see [Step]. network_step has those
//	          of networks, step_ms_processes all of them between three processes
//
// With [Options.Link], rounds, operations and steps of logistic regression run over
// emulated links, with the protocols that servers choose for such a link.
package bench
