package main

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// uploads tells how parts get on, at most once in two seconds: a small one is
// there before that.
type uploads struct {
	app   *app
	quiet bool
	mu    sync.Mutex
	said  time.Time
	parts map[string]*threeParts
}

// threeParts says how much of each server's part has gone out.
type threeParts [3]struct{ sent, total int64 }

const uploadPause = 2 * time.Second

func (a *app) newUploads(quiet bool) *uploads {
	return &uploads{app: a, quiet: quiet, said: time.Now(), parts: map[string]*threeParts{}}
}

// sent is told how much of an item a server has been sent.
func (u *uploads) sent(item string, server int, sent, total int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.parts[item] == nil {
		u.parts[item] = &threeParts{}
	}
	u.parts[item][server].sent, u.parts[item][server].total = sent, total
	if u.quiet || time.Since(u.said) < uploadPause {
		return
	}
	u.said = time.Now()
	u.app.printLine("%s: %s", item, u.parts[item])
}

func (p *threeParts) String() string {
	var text strings.Builder
	for k, of := range p {
		if k > 0 {
			text.WriteString(", ")
		}
		text.WriteString(fmt.Sprintf("server %d %s of %s", k, megabytes(of.sent), megabytes(of.total)))
	}
	return text.String()
}

func (u *uploads) stop() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.quiet = true
}
