/**
 * A continuous-batching text generation engine on ONNX Runtime.
 *
 * <p>The door is {@link io.causalstreams.inference.GenerationEngine}; everything under {@code internal} may change.
 */
@NullMarked
package io.causalstreams.inference;

import org.jspecify.annotations.NullMarked;
