package parties_test

import (
	"context"
	"fmt"

	"github.com/trefoil-ml/trefoil/parties"
	"github.com/trefoil-ml/trefoil/tensor"
)

// A model is trained; then its owner shares the weights, a clinic shares two rows,
// and only the clinic hears what they are.
func ExamplePredict() {
	job, err := parties.LoadJob("../examples/iris/job.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	trained, err := parties.Local(context.Background(), job, parties.Options{Engine: parties.EngineClear})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := parties.Predict(context.Background(), parties.Prediction{
		Model: trained.Model, SecretWeights: true,
		Rows: tensor.NewDense([]float64{
			5.1, 3.5, 1.4, 0.2,
			6.9, 3.1, 5.4, 2.1,
		}, 2, 4),
		To: parties.Audience{"clinic"}, Classes: true,
	}, parties.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("species", p.Outputs.Data())
	for _, opened := range p.Audit {
		fmt.Println(opened.What, "to", opened.To, "values:", opened.Values)
	}
	// Output:
	// species [0 2]
	// predict/overflow to [all] values: 1
	// predict/outputs to [clinic] values: 2
}
