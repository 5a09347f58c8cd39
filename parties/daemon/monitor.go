package daemon

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// monitor is the port for the machine's own monitoring.
type monitor struct {
	listener net.Listener // nil: none
	server   *http.Server
}

// monitor opens the port of Config.HTTP, if there is one.
func (d *daemon) monitor() (*monitor, error) {
	if err := d.metrics.registry.Register(d.gauges()); err != nil {
		return nil, err
	}
	m := &monitor{}
	if d.HTTP == "" {
		return m, nil
	}
	var err error
	if m.listener, err = net.Listen("tcp", d.HTTP); err != nil {
		return nil, fmt.Errorf("listen on %s: %w", d.HTTP, err)
	}
	if host, _, _ := net.SplitHostPort(m.listener.Addr().String()); !net.ParseIP(host).IsLoopback() {
		d.Log.Warn("the monitoring port has no encryption and can be reached from other machines", "address", m.listener.Addr().String())
	}
	m.server = &http.Server{
		Handler: d.pages(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 8 << 10,
	}
	go func() { _ = m.server.Serve(m.listener) }() // ends with close
	return m, nil
}

// pages are what monitoring asks for.
func (d *daemon) pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, nil) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		err := d.ready()
		if err == nil {
			_, err = d.store.Usage(r.Context())
		}
		say(w, err)
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(d.metrics.registry, promhttp.HandlerOpts{Timeout: 10 * time.Second}))
	return mux
}

// say answers ok, or 503 and why not.
func say(w http.ResponseWriter, err error) {
	text := "ok\n"
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		text = err.Error() + "\n"
	}
	_, _ = w.Write([]byte(text)) // who asked may have gone
}

func (m *monitor) address() net.Addr {
	if m.listener == nil {
		return nil
	}
	return m.listener.Addr()
}

func (m *monitor) close() {
	if m.server != nil {
		m.server.Close()
	}
}

// stateWord is a state as people write it: running, held.
func stateWord(s partypb.JobState) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "JOB_STATE_"))
}
