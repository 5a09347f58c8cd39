// Package parties brings the sides of a job together: the data owners with their
// files, the three servers, and what they agreed on.
//
//	job, err := parties.LoadJob("job.yaml")
//	result, err := parties.Local(ctx, job, parties.Options{})
//
// A [Job] says whose data are used, which model is trained how, and what is
// opened to whom; its hash names it. [Local] runs all sides in this process. Each
// side only does what it could do on a machine of its own: owners read their
// files, hand in shares and rebuild what is delivered to them; servers see parts
// of shares, and meet owners only through the desk between them.
package parties
