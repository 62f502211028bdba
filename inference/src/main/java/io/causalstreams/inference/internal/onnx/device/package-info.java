/** Devices beside the host: their memory, tensors over it, and the provider that computes there. */
@NullMarked
package io.causalstreams.inference.internal.onnx.device;

import org.jspecify.annotations.NullMarked;
