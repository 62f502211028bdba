/** Quantised safetensors checkpoints: which stored tensors make up one weight, and the numbers that they stand for. */
@NullMarked
package io.causalstreams.export.internal.checkpoint.quantized;

import org.jspecify.annotations.NullMarked;
