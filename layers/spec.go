package layers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trefoil-ml/trefoil/tensor"
)

// Spec describes a layer before there is a session, as a job does. Fields that a
// kind does not have must be zero; zero stands for the default where one is named.
type Spec struct {
	Kind string // one of Kinds

	Out     int     // linear, conv2d: outputs, kernels
	Kernel  [2]int  // conv2d, max_pool2d, avg_pool2d: height and width
	Stride  [2]int  // likewise; default 1 for conv2d, the kernel for a pool
	Padding [2]int  // likewise
	Groups  int     // conv2d; default 1
	Slope   float64 // leaky_relu; torch takes 0.01
	P       float64 // dropout: probability of 0; torch takes 0.5
	To      []int   // reshape: of a row
	Init    string  // linear, conv2d: one of Inits; default he_normal
	NoBias  bool    // linear, conv2d: offsets stay 0, and are no parameters
}

// Kinds returns the kinds of layers.
func Kinds() []string {
	return []string{
		"linear", "conv2d", "relu", "leaky_relu", "sigmoid", "tanh", "silu", "gelu",
		"max_pool2d", "avg_pool2d", "flatten", "reshape", "dropout", "batch_norm",
	}
}

// Inits returns the names of the initialisations.
func Inits() []string {
	return []string{"he_normal", "he_uniform", "glorot_normal", "glorot_uniform", "torch", "zero"}
}

// Shape returns the shape of a row of output for rows of this shape.
func (l Spec) Shape(in []int) ([]int, error) {
	switch l.Kind {
	case "linear":
		return l.linearShape(in)
	case "conv2d":
		return l.convShape(in)
	case "max_pool2d", "avg_pool2d":
		return l.poolShape(in)
	case "flatten":
		return []int{volume(in)}, nil
	case "reshape":
		if volume(l.To) != volume(in) || len(l.To) == 0 || len(l.To) > 3 {
			return nil, fmt.Errorf("got rows of %s for %s, want as many numbers in 1 to 3 dimensions", sizes(in), sizes(l.To))
		}
		return l.To, nil
	case "dropout":
		if !(l.P >= 0 && l.P < 1) {
			return nil, fmt.Errorf("got p = %g, want 0 or more and less than 1", l.P)
		}
	case "leaky_relu":
		if !(l.Slope >= 0 && l.Slope < 1) {
			return nil, fmt.Errorf("got a slope of %g, want 0 or more and less than 1", l.Slope)
		}
	default:
		if !slices.Contains(Kinds(), l.Kind) {
			return nil, fmt.Errorf("got a layer of kind %q, want one of %s", l.Kind, strings.Join(Kinds(), ", "))
		}
	}
	return in, nil
}

func (l Spec) linearShape(in []int) ([]int, error) {
	if len(in) != 1 {
		return nil, fmt.Errorf("got rows of shape %s, want vectors (flatten goes before it)", sizes(in))
	}
	if l.Out < 1 {
		return nil, fmt.Errorf("got %d outputs, want at least 1", l.Out)
	}
	return []int{l.Out}, l.checkInit()
}

func (l Spec) checkInit() error {
	if l.Init != "" && !slices.Contains(Inits(), l.Init) {
		return fmt.Errorf("got initialisation %q, want one of %s", l.Init, strings.Join(Inits(), ", "))
	}
	return nil
}

func (l Spec) convShape(in []int) ([]int, error) {
	h, w, err := l.windowOut(in)
	switch groups := max(l.Groups, 1); {
	case err != nil:
		return nil, err
	case l.Out < 1:
		return nil, fmt.Errorf("got %d kernels, want at least 1", l.Out)
	case in[0]%groups != 0 || l.Out%groups != 0:
		return nil, fmt.Errorf("got %d groups for %d channels and %d kernels, want a divisor of both", groups, in[0], l.Out)
	}
	return []int{l.Out, h, w}, l.checkInit()
}

func (l Spec) poolShape(in []int) ([]int, error) {
	h, w, err := l.windowOut(in)
	if err != nil {
		return nil, err
	}
	if 2*l.Padding[0] > l.Kernel[0] || 2*l.Padding[1] > l.Kernel[1] {
		return nil, fmt.Errorf("got padding of %s for a kernel of %s, want at most half", sizes(l.Padding[:]), sizes(l.Kernel[:]))
	}
	return []int{in[0], h, w}, nil
}

func (l Spec) windowOut(in []int) (h, w int, err error) {
	if len(in) != 3 {
		return 0, 0, fmt.Errorf("got rows of shape %s, want images of channels×height×width", sizes(in))
	}
	return l.window().Out(in[1], in[2])
}

// window returns the window of a convolution or a pool.
func (l Spec) window() tensor.Window {
	stride := l.Stride
	for i := range stride {
		if stride[i] == 0 && l.Kind == "conv2d" {
			stride[i] = 1
		}
		if stride[i] == 0 {
			stride[i] = l.Kernel[i]
		}
	}
	return tensor.Window{
		KernelH: l.Kernel[0], KernelW: l.Kernel[1], StrideH: stride[0], StrideW: stride[1],
		PadH: l.Padding[0], PadW: l.Padding[1],
	}
}

func volume(shape []int) int {
	n := 1
	for _, v := range shape {
		n *= v
	}
	return n
}
