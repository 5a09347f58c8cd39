package datasets_test

import (
	"fmt"
	"strings"

	"github.com/trefoil-ml/trefoil/datasets"
)

// Two owners standardise with the statistics of all their rows.
func Example() {
	north, _ := datasets.ReadCSV(strings.NewReader("age,target\n40,1\n50,0\n"), "north.csv", "target")
	south, _ := datasets.ReadCSV(strings.NewReader("age,target\n60,1\n"), "south.csv", "target")
	if err := datasets.Compare(north.Schema(), south.Schema(), "north", "south"); err != nil {
		fmt.Println(err)
	}
	total, part := datasets.SumsOf(north), datasets.SumsOf(south)
	total.Rows += part.Rows
	datasets.AddSums(total.Words, part.Words)
	st, err := datasets.FromSums(north.Features, total)
	fmt.Println(st.Mean, err)
	fmt.Println(st.Apply(south.X))
	// Output:
	// [50] <nil>
	// Dense(1×1)[1.22474]
}

func ExampleReadCSV_error() {
	_, err := datasets.ReadCSV(strings.NewReader("age,glucose,target\n40,,1\n"), "north.csv", "target")
	fmt.Println(err)
	// Output: north.csv:2: column 2 "glucose": missing cell, want a number (fill it in or remove the row)
}

func ExampleBatches() {
	for b, rows := range datasets.Batches(5, 2, 1, 0, false) {
		fmt.Println(b, rows)
	}
	// Output:
	// 0 [0 1]
	// 1 [2 3]
	// 2 [4]
}
