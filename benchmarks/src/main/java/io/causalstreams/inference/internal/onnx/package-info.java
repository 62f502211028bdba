/** Benchmarks of passes of the model. */
@NullMarked
package io.causalstreams.inference.internal.onnx;

import org.jspecify.annotations.NullMarked;
