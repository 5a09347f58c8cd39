package main

import (
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties"
)

func TestQualityWithoutTestRows(t *testing.T) {
	job := parties.NewJob()
	job.Reveal = []parties.Reveal{{What: parties.RevealMetrics, To: parties.Everyone()}}
	require.Contains(t, quality(job, &parties.Result{}), "not measured, there are no test rows")
	job.Reveal = nil
	require.Contains(t, quality(job, &parties.Result{}), "the job does not reveal metrics/test")
}

func TestModelOfManyFeaturesShowsTheStrongest(t *testing.T) {
	text := model(sampleModel(100))
	require.Contains(t, text, "feature_99")
	require.NotContains(t, text, "feature_01")
	require.Contains(t, text, "and 60 features with smaller effect")
	require.NotContains(t, model(sampleModel(mostFeatures)), "smaller effect")
}

func TestModelVariants(t *testing.T) {
	require.Equal(t, "model: the job does not reveal it\n", model(nil))
	m := sampleModel(1)
	m.Standardised = nil
	m.SiteIntercepts = map[string]float64{"va": 0.25, "cleveland": -0.25}
	require.Equal(t, `model: log-odds of disease = 1
  feature               per unit
  feature_00                -0.5
  intercept                -4.25
    added in cleveland     -0.25
    added in va            +0.25
`, model(m))
}

func TestTableKeepsControlCharactersOut(t *testing.T) {
	require.Equal(t, "  a?[31mb  1\n  ü        22\n", strings.ReplaceAll(table{{"a\x1b[31mb", "1"}, {"ü", "22"}}.String(), "   1", "  1"))
}

func TestAmounts(t *testing.T) {
	require.Equal(t, "0.00 MB", megabytes(0))
	require.Equal(t, "9.99 MB", megabytes(9_990_000))
	require.Equal(t, "12 MB", megabytes(12_300_000))
	require.Equal(t, "0.07 MB", sent([3]int64{70_000, 70_000, 70_001}))
	require.Equal(t, "1.00 MB to 2.00 MB", sent([3]int64{1_000_000, 2_000_000, 1_500_000}))
	require.Equal(t, "1 step", count(1, "step"))
	require.Equal(t, "0 steps", count(0, "step"))
}

func TestVersion(t *testing.T) {
	require.Equal(t, "(unknown version)", version(nil))
	require.Equal(t, "v1.2.3", version(&debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}))
}
