// Package client is what an owner, or the operator of a server, does to a job on
// the machines of a consortium, from its own machine:
//
//	c, err := client.Open("job.yaml", "north.key")
//	err = c.Approve(ctx)                     // sign exactly this job
//	err = c.Share(ctx, "north.csv", options) // split, seal, upload, collect receipts
//	result, err := c.Fetch(ctx, "north.csv") // rebuild what the job lets this owner see
//
// Nothing here trusts a server with more than its own share: the servers' keys
// are pinned by the job, parts are sealed before they leave, to keys that the
// servers have signed, and what comes back is checked against the job.
// Rows leave the machine only as shares.
package client
