package parties

import (
	"fmt"
	"net"
	"strconv"

	"github.com/trefoil-ml/trefoil/internal/identity"
)

const servers = 3

// checkServers checks the servers of a consortium, and what a job needs more if
// it has any.
func (j *Job) checkServers() *JobError {
	if !j.Networked() {
		return j.checkNoKeys()
	}
	if n := len(j.Servers); n != servers {
		return j.ErrorAt("servers", "servers lists %d, want %d", n, servers).
			withHint("three servers, run by different organisations; leave servers out to run the job in one process")
	}
	keys := map[string]string{}
	for i := range j.Servers {
		if err := j.checkServer(i, keys); err != nil {
			return err
		}
	}
	for i, o := range j.Data.Owners {
		if err := j.checkKey(fmt.Sprintf("data.owners[%d].key", i), "owner "+o.Name, o.Key, keys); err != nil {
			return err
		}
	}
	return j.checkApart()
}

// checkNoKeys refuses keys of owners that nothing would check.
func (j *Job) checkNoKeys() *JobError {
	for i, o := range j.Data.Owners {
		if o.Key != "" {
			return j.ErrorAt(fmt.Sprintf("data.owners[%d].key", i), "owner %s has a key, but the job has no servers", o.Name).
				withHint("add servers, or leave the keys out")
		}
	}
	return nil
}

func (j *Job) checkServer(i int, keys map[string]string) *JobError {
	s, path := j.Servers[i], fmt.Sprintf("servers[%d]", i)
	if s.ID != i {
		return j.ErrorAt(path+".id", "%s.id is %d, want %d: list servers 0, 1 and 2 in this order", path, s.ID, i)
	}
	host, port, err := net.SplitHostPort(s.Address)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || host == "" || n < 1 || n > 65535 {
		return j.ErrorAt(path+".address", "%s.address is %q, want host:port", path, s.Address).
			withHint("such as trefoil.hospital.example:7000, or [2001:db8::1]:7000")
	}
	for _, other := range j.Servers[:i] {
		if s.Address == other.Address {
			return j.ErrorAt(path+".address", "servers %d and %d have the same address", other.ID, i)
		}
	}
	return j.checkKey(path+".key", fmt.Sprintf("server %d", i), s.Key, keys)
}

// checkKey checks a public key, of which keys has those before it and whose they
// are.
func (j *Job) checkKey(path, who, key string, keys map[string]string) *JobError {
	if key == "" {
		return j.ErrorAt(path, "%s has no key", who).
			withHint("its holder runs trainer keygen and tells you the line that begins with ed25519:")
	}
	if _, err := identity.ParseFingerprint(key); err != nil {
		return j.ErrorAt(path, "%v", err).withHint("copy the whole line that trainer keygen printed")
	}
	if other, used := keys[key]; used {
		return j.ErrorAt(path, "%s and %s have the same key, want one each", other, who)
	}
	keys[key] = who
	return nil
}

// checkApart checks what owners cannot agree on by looking at each other's files.
func (j *Job) checkApart() *JobError {
	if len(j.Data.Features) == 0 && j.Data.Dataset == "" {
		return j.ErrorAt("data", "data.features is missing, and the owners of a job with servers do not see each other's columns").
			withHint("list the columns but the target, in the order of the files: features: [age, …]; trainer init --data takes them from a file")
	}
	return nil
}
