package main

import (
	"fmt"
	"strings"

	"github.com/trefoil-ml/trefoil/internal/bench"
)

// benchReport is the figures as tables.
func benchReport(r *bench.Result) string {
	return strings.Join(nonEmpty([]string{
		benchMachine(r), benchProducts(r).String(),
		fmt.Sprintf("  key stream, one core: %.4g GB/s\n", r.PRG.GBPerSecond),
		benchRounds(r).String(), benchRoundsApart(r), benchOperations(r).String(), benchSteps(r).String(),
	}), "\n")
}

func benchMachine(r *bench.Result) string {
	lines := []string{
		fmt.Sprintf("%s, %s, %s", r.CPU.Model, count(r.CPU.Cores, "core"), r.Go),
		fmt.Sprintf("CPU level %s of %s", r.CPU.Level, strings.Join(r.CPU.Levels, ", ")),
	}
	if r.CPU.Load != nil {
		lines = append(lines, fmt.Sprintf("load average before the run: %.2f", *r.CPU.Load))
	}
	if r.Link != nil {
		lines = append(lines, fmt.Sprintf("emulated link between the servers: %v", r.Link))
	}
	return strings.Join(lines, "\n") + "\n"
}

func benchProducts(r *bench.Result) table {
	t := table{{"matrix product", "Gop/s", "of peak", "× pure Go", "Gop/s, all cores"}}
	for _, shape := range bench.Shapes() {
		p := r.MatMul[shape]
		t = append(t, []string{shape, figure(p.Gops), figure(p.PeakFraction), figure(p.TimesPureGo), figure(p.GopsAllCores)})
	}
	return t
}

func benchRounds(r *bench.Result) table {
	t := table{{"transport", "µs for a round of 64 bytes", "allocs", "MB/s of 1 MiB messages"}}
	for _, transport := range bench.Transports() {
		if micros, ok := r.Round[transport]; ok {
			row := []string{transport, figure(micros), figure(r.Allocs.Rounds[transport])}
			if speed, ok := r.Stream[transport]; ok {
				row = append(row, figure(speed))
			}
			t = append(t, row)
		}
	}
	return t
}

// benchRoundsApart is empty where rounds were not measured between processes.
func benchRoundsApart(r *bench.Result) string {
	t := table{{"between three processes", "µs for a round of 64 bytes"}}
	for _, transport := range bench.Transports() {
		if micros, ok := r.RoundApart[transport]; ok {
			t = append(t, []string{transport, figure(micros)})
		}
	}
	if len(t) == 1 {
		return ""
	}
	return t.String()
}

func benchOperations(r *bench.Result) table {
	t := table{{fmt.Sprintf("operation on %d values", r.Values), "M values/s", "bytes", "rounds", "allocs"}}
	for _, name := range bench.Operations() {
		o := r.Ops[name]
		t = append(t, []string{name, figure(o.PerSecond / 1e6), figure(o.Bytes), fmt.Sprint(o.Rounds), figure(o.Allocs)})
	}
	return t
}

func benchSteps(r *bench.Result) table {
	head := []string{"training step", "ms", "rounds", "kB", "allocs"}
	if len(r.StepApart) > 0 {
		head = append(head, "ms, three processes")
	}
	t := table{head}
	for _, name := range bench.Tasks() {
		s, ok := r.Step(name)
		if !ok {
			continue
		}
		row := []string{name, figure(s.Milliseconds), figure(s.Rounds), figure(s.Bytes / 1e3), figure(s.Allocs)}
		if apart, ok := r.StepApart[name]; ok {
			row = append(row, figure(apart))
		}
		t = append(t, row)
	}
	return t
}

// figure is a number with three digits that say something.
func figure(x float64) string {
	if x >= 100 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.3g", x)
}
