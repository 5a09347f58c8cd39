package parties

// elsewhere maps words of torch and Keras, and others that are not like ours, in lower
// case, to ours. Those that are like ours, as kernel_size and strides, are found
// without it.
func elsewhere() map[string]string {
	return map[string]string{
		"dense": "linear", "fc": "linear", "swish": "silu",
		"averagepooling2d": "avg_pool2d", "batchnormalization": "batch_norm",

		"units": "out", "filters": "out", "out_features": "out", "out_channels": "out",
		"pool_size": "kernel", "negative_slope": "slope", "alpha": "slope", "rate": "p",
		"initializer": "init", "kernel_initializer": "init", "use_bias": "bias",

		"kaiming": "he_normal", "kaiming_normal": "he_normal", "kaiming_uniform": "he_uniform",
		"xavier": "glorot_uniform", "xavier_normal": "glorot_normal", "xavier_uniform": "glorot_uniform",

		"lr": "learning_rate", "weight_decay": "l2", "clipvalue": "clip", "clip_value": "clip",
		"step_size": "every", "gamma": "factor",

		"path": "file", "folder": "file",
	}
}
