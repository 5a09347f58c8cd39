package daemon

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/trefoil-ml/trefoil/parties/partypb"
)

// metrics are what the server counts for monitoring: how much and how long, never
// what.
type metrics struct {
	registry *prometheus.Registry
	rounds   prometheus.Counter
	bytes    prometheus.Counter
	steps    prometheus.Counter
	seconds  prometheus.Histogram
	phases   *prometheus.CounterVec
	lasted   *prometheus.HistogramVec
	received prometheus.Counter
	sent     prometheus.Counter
	calls    *prometheus.CounterVec
}

func newMetrics() *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "trefoil", Name: name, Help: help})
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		rounds:   counter("rounds_total", "Rounds of messages between the servers, of training."),
		bytes:    counter("sent_bytes_total", "Payload sent to the other servers, of training."),
		steps:    counter("steps_total", "Training steps."),
		received: counter("parts_received_bytes_total", "Sealed parts received from owners."),
		sent:     counter("deliveries_sent_bytes_total", "Sealed deliveries sent to owners."),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "trefoil", Name: "step_seconds", Help: "Duration of a training step.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 16),
		}),
		phases: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "trefoil", Name: "phases_total", Help: "Attempts at phases, by name and outcome (done or failed).",
		}, []string{"phase", "outcome"}),
		lasted: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "trefoil", Name: "phase_seconds", Help: "Duration of an attempt at a phase.",
			Buckets: prometheus.ExponentialBuckets(0.05, 4, 10),
		}, []string{"phase"}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "trefoil", Name: "calls_refused_total", Help: "Calls of strangers that were refused, by reason.",
		}, []string{"reason"}),
	}
	m.registry.MustRegister(m.rounds, m.bytes, m.steps, m.received, m.sent, m.seconds, m.phases, m.lasted, m.calls,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// phase counts an attempt.
func (m *metrics) phase(name string, took time.Duration, err error) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	m.phases.WithLabelValues(name, outcome).Inc()
	m.lasted.WithLabelValues(name).Observe(took.Seconds())
}

// progress counts what has been done between two reports of a phase.
func (m *metrics) progress(before, now *partypb.Progress) {
	add := func(c prometheus.Counter, was, is uint64) {
		if is > was {
			c.Add(float64(is - was))
		}
	}
	add(m.rounds, before.GetRounds(), now.GetRounds())
	add(m.bytes, before.GetBytesSent(), now.GetBytesSent())
	if n := now.GetStep() - before.GetStep(); now.GetStep() > before.GetStep() {
		m.steps.Add(float64(n))
		m.seconds.Observe(float64(now.GetElapsedNanos()-before.GetElapsedNanos()) / 1e9 / float64(n))
	}
}

// gauges has jobs counted by state whenever somebody looks.
func (d *daemon) gauges() prometheus.Collector {
	return stateCollector{d, prometheus.NewDesc("trefoil_jobs", "Jobs on this server, by state.", []string{"state"}, nil)}
}

type stateCollector struct {
	d    *daemon
	desc *prometheus.Desc
}

// Describe names what is collected.
func (c stateCollector) Describe(out chan<- *prometheus.Desc) { out <- c.desc }

// Collect counts the jobs.
func (c stateCollector) Collect(out chan<- prometheus.Metric) {
	counts := map[partypb.JobState]int{}
	for _, j := range c.d.list() {
		counts[j.status().GetState()]++
	}
	for state := range partypb.JobState_name {
		if state != 0 {
			s := partypb.JobState(state)
			out <- prometheus.MustNewConstMetric(c.desc, prometheus.GaugeValue, float64(counts[s]), stateWord(s))
		}
	}
}
