package parties

// Words with a fixed meaning in a job file.
const (
	LogisticRegression = "logistic_regression" // P(y = 1) = σ(x·w + b)
	LinearRegression   = "linear_regression"   // y = x·w + b
	SoftmaxRegression  = "softmax_regression"  // P(y = c) ∝ exp(x·w_c + b_c)
	NeuralNetwork      = "network"             // layers as the job lists them
	SemiHonest         = "semi-honest"         // servers keep to the protocol but look at all they see
)

// Losses of a network.
const (
	SoftmaxCrossEntropy = "softmax_cross_entropy" // whole class numbers
	BinaryCrossEntropy  = "binary_cross_entropy"  // 0 and 1
	MeanSquaredError    = "mse"                   // any numbers
)

// Standardise names the way features are brought to one scale.
type Standardise string

// Ways to standardise.
const (
	StandardiseJoint  Standardise = "joint"  // mean and deviation over all owners' training rows, computed securely
	StandardiseRanges Standardise = "ranges" // agreed minimum and maximum of each feature
	StandardiseNone   Standardise = "none"   // features as they are; of images, bytes over 255
	StandardisePixels Standardise = "pixels" // of images: with the published mean and deviation of the set
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

// Models lists the kinds of model that a job may have.
func Models() []string { return words("model") }

// words returns the values a key may have.
func words(path string) []string {
	switch path {
	case "model":
		return []string{LogisticRegression, SoftmaxRegression, LinearRegression, NeuralNetwork}
	case "loss":
		return []string{SoftmaxCrossEntropy, BinaryCrossEntropy, MeanSquaredError}
	case "security":
		return []string{SemiHonest}
	case "data.standardise":
		return []string{string(StandardiseJoint), string(StandardiseRanges), string(StandardiseNone), string(StandardisePixels)}
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
	case "checkpoint":
		return "a run is not saved on the way: leave the key out"
	case "security:malicious":
		return "use semi-honest: no server departs from the protocol"
	}
	return ""
}
