package bench

import "time"

// plan is how much is measured.
type plan struct {
	values   int    // elements of the operands of operations
	block    int    // elements that a sigmoid takes at a time
	steps    int    // training steps in a lap
	images   int    // in a batch
	trips    int    // rounds in a lap
	messages int    // of 1 MiB in a lap
	kernel   effort // for a figure of a kernel
	protocol effort // for a figure of three servers
}

// plan returns the plan for the options. Over a link, vectors are shorter: it
// is the link that is slow, and it is exact.
func (o Options) plan() plan {
	p := plan{
		values: 1 << 20, block: 1 << 16, steps: 64, images: batch, trips: 2000, messages: 16,
		kernel:   effort{samples: 31, total: time.Second, least: time.Millisecond},
		protocol: effort{samples: 7, total: 1200 * time.Millisecond},
	}
	if o.Quick {
		p.values, p.block, p.steps, p.images, p.trips, p.messages = 1<<12, 1<<11, 8, 4, 50, 2
		p.kernel = effort{samples: 7, total: 10 * time.Millisecond, least: 100 * time.Microsecond}
		p.protocol = effort{samples: 3, total: 10 * time.Millisecond}
	}
	if o.Link != nil {
		p.values, p.steps, p.trips = min(p.values, 1<<16), 2, 5
		p.protocol.samples, p.protocol.total = 7, 500*time.Millisecond
	}
	return p
}
