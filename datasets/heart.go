package datasets

import (
	"embed"
	"fmt"
)

//go:embed heart/*.csv
var heartFiles embed.FS

// Hospital is one owner's part of a set: its name and its rows.
type Hospital struct {
	Name        string
	Train, Test *Table
}

// Heart returns the heart-disease set of four hospitals, 852 patients with 11
// features, target 1 = disease, in the units of the clinic. The test rows are
// those of Split with the name "heart_" and the hospital and fraction 0.2.
//
// Source: Janosi, Steinbrunn, Pfisterer, Detrano, Heart Disease (1989), UCI
// Machine Learning Repository, doi:10.24432/C52P4X, CC BY 4.0; heart/NOTICE
// says what was changed.
func Heart() []Hospital {
	names := []string{"cleveland", "hungarian", "switzerland", "va"}
	hospitals := make([]Hospital, len(names))
	for i, name := range names {
		hospitals[i] = Hospital{Name: name, Train: heartTable(name + "_train.csv"), Test: heartTable(name + "_test.csv")}
	}
	return hospitals
}

// heartTable reads a file of this package; that it can be read is tested.
func heartTable(file string) *Table {
	f, err := heartFiles.Open("heart/" + file)
	if err != nil {
		panic(fmt.Sprintf("datasets: embedded %v", err))
	}
	defer f.Close()
	t, err := ReadCSV(f, file, "target")
	if err != nil {
		panic(fmt.Sprintf("datasets: embedded %v", err))
	}
	return t
}
