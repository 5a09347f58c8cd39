package parties

// Words with a fixed meaning in a job file.
const (
	LogisticRegression = "logistic_regression" // the one model of this version
	SemiHonest         = "semi-honest"         // servers keep to the protocol but look at all they see
)

// Standardise names the way features are brought to one scale.
type Standardise string

// Ways to standardise.
const (
	StandardiseJoint  Standardise = "joint"  // mean and deviation over all owners' training rows, computed securely
	StandardiseRanges Standardise = "ranges" // agreed minimum and maximum of each feature
	StandardiseNone   Standardise = "none"   // features as they are
)

// Sigmoid names the function that stands for 1/(1+exp(-z)) in training.
type Sigmoid string

// Sigmoids of the job file. MinimaxK has K pieces.
const (
	Minimax3     Sigmoid = "minimax3"
	Minimax5     Sigmoid = "minimax5"
	Minimax7     Sigmoid = "minimax7"
	ExactSigmoid Sigmoid = "exact"
)

// Rounding names the way a product is brought back to scale.
type Rounding string

// Roundings of the job file.
const (
	Stochastic    Rounding = "stochastic" // up or down at random, right on average
	ExactRounding Rounding = "exact"
)

// words returns the values a key may have.
func words(path string) []string {
	switch path {
	case "model":
		return []string{LogisticRegression}
	case "security":
		return []string{SemiHonest}
	case "data.standardise":
		return []string{string(StandardiseJoint), string(StandardiseRanges), string(StandardiseNone)}
	case "train.sigmoid":
		return []string{string(Minimax3), string(Minimax5), string(Minimax7), string(ExactSigmoid)}
	case "number.rounding":
		return []string{string(Stochastic), string(ExactRounding)}
	}
	return nil
}

// reserved returns what to say about keys and words of the full job file that
// this version does not have, or "".
func reserved(path string) string {
	switch path {
	case "servers":
		return "the three servers run in this process: leave the key out"
	case "checkpoint":
		return "a run is not saved on the way: leave the key out"
	case "loss":
		return "logistic_regression always has the cross-entropy loss: leave the key out"
	case "data.dataset":
		return "name the owners' CSV files under data.owners"
	case "train.optimizer":
		return "training is SGD: set train.learning_rate and train.momentum"
	case "security:malicious":
		return "use semi-honest: no server departs from the protocol"
	}
	return ""
}
