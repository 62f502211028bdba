/** ONNX Runtime: computations as sessions, and tensors in native memory. */
@NullMarked
package io.causalstreams.tuning.internal.onnx;

import org.jspecify.annotations.NullMarked;
