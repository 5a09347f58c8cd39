// Package metrics says how good predicted probabilities are.
//
// Evaluate compares predictions with outcomes, all in the clear:
//
//	m := metrics.Evaluate(p, y)
//	fmt.Println(m.Accuracy, m.LogLoss)
//
// Several owners that must not show their predictions to each other use
// Counts: each owner counts its own rows, the counts of all owners are added
// up, secretly or not, and FromTotals turns five numbers made of the sums into
// the same metrics, rounded as Counts says.
//
// Throughout, a row is positive if its outcome y is 1 and negative if it is 0,
// and p is the predicted probability of 1.
package metrics
