//go:build !unix

package daemon

func limitFiles(uint64) error { return nil }

func (c *child) freeze() {}
func (c *child) thaw()   {}
