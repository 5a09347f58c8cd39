// Package datasets reads tables of numbers from CSV files and prepares them
// for training: schema, split, standardisation, batches.
//
// Most programs need these calls:
//
//	t, err := datasets.OpenCSV("north.csv", "target")
//	train, test, err := t.Split("north", 0.2)
//	st, err := datasets.FromSums(train.Features, datasets.SumsOf(train))
//	x := st.Apply(train.X)
//
// Several owners train on the union of their rows. They must have the same
// Schema (Compare names the first difference), and they standardise with the
// statistics of all rows together: each owner computes its Sums, the words of
// all owners are added modulo 2^192, secretly or not, and FromSums turns the
// total into a Standardiser.
//
// Everything here is public or belongs to the one owner that holds it; shares
// never reach this package. A *ParseError may quote a cell of the file, so
// show it to the owner of the file only.
package datasets
